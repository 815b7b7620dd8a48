extension Array<UInt8> {
  /// Appends the number, its lowest byte first.
  package mutating func append<Number: FixedWidthInteger>(number: Number) {
    var little = number.littleEndian
    unsafe Swift.withUnsafeBytes(of: &little) { unsafe append(contentsOf: $0) }
  }

  /// The number at that offset; the caller knows that it lies within.
  package func number<Number: FixedWidthInteger>(at offset: Int, as: Number.Type = Number.self)
    -> Number
  {
    precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count)
    return unsafe withUnsafeBytes {
      unsafe Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
  }
}
