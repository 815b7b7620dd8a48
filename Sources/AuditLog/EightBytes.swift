/// Eight bytes in one register, asked about at once; the lowest byte is the first.
struct EightBytes {
  let word: UInt64

  @inline(__always)
  init(_ bytes: RawSpan, at offset: Int) {
    word = unsafe UInt64(
      littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of the first byte that is a quote, a backslash, a control character or not ASCII is the lowest one.
  ///
  /// Bits above the lowest mean nothing: a subtraction may have borrowed.
  @inline(__always)
  var special: UInt64 {
    let quotes = word ^ (0x22 &* Self.ones)
    let backslashes = word ^ (0x5C &* Self.ones)
    let deletes = word ^ (0x7F &* Self.ones)
    return
      (((quotes &- Self.ones) & ~quotes) | ((backslashes &- Self.ones) & ~backslashes)
      | ((deletes &- Self.ones) & ~deletes) | ((word &- 0x20 &* Self.ones) & ~word) | word)
      & Self.highs
  }

  /// Whether all are lower-case hexadecimal digits.
  @inline(__always)
  var areHexadecimal: Bool {
    guard word & Self.highs == 0 else { return false }
    // Below 0x80 an addition carries into the byte's own high bit only.
    let digits = (word &+ 0x50 &* Self.ones) & ~(word &+ 0x46 &* Self.ones)
    let letters = (word &+ 0x1F &* Self.ones) & ~(word &+ 0x19 &* Self.ones)
    return (digits | letters) & Self.highs == Self.highs
  }

  @inline(__always)
  static func == (one: EightBytes, other: EightBytes) -> Bool { one.word == other.word }
}

extension RawSpan {
  /// The byte at an offset, which is held against the bounds.
  @inline(__always)
  subscript(_ offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Whether these bytes are those of `text`.
  @inline(__always)
  func equal(_ range: Range<Int>, _ text: RawSpan) -> Bool {
    guard range.count == text.byteCount else { return false }
    var index = 0
    while text.byteCount - index >= 8 {
      guard EightBytes(self, at: range.lowerBound + index) == EightBytes(text, at: index) else {
        return false
      }
      index += 8
    }
    while index < text.byteCount {
      guard self[range.lowerBound + index] == text[index] else { return false }
      index += 1
    }
    return true
  }

  /// Whether these are 64 lower-case hexadecimal digits.
  func isDigest(_ range: Range<Int>) -> Bool {
    guard range.count == 64 else { return false }
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      guard EightBytes(self, at: offset).areHexadecimal else { return false }
    }
    return true
  }

  /// The bytes as an array of their own.
  func bytes(_ range: Range<Int>) -> [UInt8] { range.map { self[$0] } }

  /// The bytes as text; those of a record are ASCII.
  func text(_ range: Range<Int>) -> String {
    unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
