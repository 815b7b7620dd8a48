/// Reads little-endian numbers and strings of a file that nobody vouches for; nothing outside it is ever read.
extension RawSpan {
  /// The number at `offset`; nil when it does not lie wholly inside the file.
  func number<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: UInt64, as type: Number.Type
  ) -> Number? {
    let size = MemoryLayout<Number>.size
    guard let start = Int(exactly: offset), start <= byteCount - size else { return nil }
    return unsafe Number(littleEndian: unsafeLoadUnaligned(fromByteOffset: start, as: type))
  }

  /// The text from `offset` up to a NUL that stands before `limit`; nil when there is none.
  func string(at offset: UInt64, before limit: UInt64) -> String? {
    guard let start = Int(exactly: offset),
      let end = Int(exactly: Swift.min(limit, UInt64(byteCount))),
      start < end
    else { return nil }
    var text: [UInt8] = []
    for index in start..<end {
      let byte = unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
      if byte == 0 { return String(decoding: text, as: UTF8.self) }
      text.append(byte)
    }
    return nil
  }

  /// A copy of `length` bytes; nil when they do not lie wholly inside the file.
  func copy(at offset: UInt64, length: UInt64) -> [UInt8]? {
    guard let start = Int(exactly: offset), let length = Int(exactly: length),
      start <= byteCount, length <= byteCount - start
    else { return nil }
    return unsafe extracting(start..<start + length).withUnsafeBytes { unsafe Array($0) }
  }
}
