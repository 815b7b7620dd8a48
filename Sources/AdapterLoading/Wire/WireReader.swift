/// Reads the fields of a message that nobody vouches for: what is not there is nil, never a trap.
struct WireReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) -> Number? {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { return nil }
    defer { offset += size }
    return unsafe Number(
      littleEndian: bytes.span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  /// Bytes behind their count, at most `longest` of them.
  mutating func data(longest: Int) -> [UInt8]? {
    guard let count = number(UInt32.self), count <= longest, Int(count) <= bytes.count - offset
    else { return nil }
    defer { offset += Int(count) }
    return Array(bytes[offset..<offset + Int(count)])
  }

  /// Text behind its length in bytes; what is not UTF-8 is replaced.
  mutating func text(longest: Int) -> String? {
    data(longest: longest).map { String(decoding: $0, as: UTF8.self) }
  }
}
