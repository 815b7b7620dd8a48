/// Walks ASCII bytes that have only one permitted spelling: the one ``RecordWriter`` gives them.
///
/// Holds places only; the bytes are given to each step and are the same at every one.
struct CanonicalScanner {
  private(set) var offset: Int
  private let end: Int

  init(_ range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { offset == end }

  /// Goes behind the text, or stays and says false.
  @inline(__always)
  mutating func literal(_ text: [UInt8], _ bytes: RawSpan) -> Bool {
    guard end - offset >= text.count,
      unsafe bytes.equal(offset..<offset + text.count, text.span.bytes)
    else { return false }
    offset += text.count
    return true
  }

  /// A number without a sign and without leading zeros.
  mutating func integer(_ bytes: RawSpan) -> UInt64? {
    let start = offset
    var value: UInt64 = 0
    while offset < end, bytes[offset] &- 0x30 < 10 {
      let (product, isTooBig) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooBigNow) = product.addingReportingOverflow(UInt64(bytes[offset] - 0x30))
      guard !isTooBig, !isTooBigNow else { return nil }
      value = sum
      offset += 1
    }
    let isPlain = offset == start + 1 || (offset > start && bytes[start] != 0x30)
    return isPlain ? value : nil
  }

  /// What stands between a string's quotes, still escaped.
  @inline(__always)
  mutating func string(_ bytes: RawSpan) -> Range<Int>? {
    guard offset < end, bytes[offset] == 0x22 else { return nil }
    offset += 1
    let start = offset
    while true {
      skipPlain(bytes)
      guard offset < end else { return nil }
      switch bytes[offset] {
      case 0x22:
        offset += 1
        return start..<offset - 1
      case 0x5C:
        guard escape(bytes) else { return nil }
      default: return nil
      }
    }
  }

  /// Goes on to the next byte that is not a printable ASCII character standing for itself.
  @inline(__always)
  mutating func skipPlain(_ bytes: RawSpan) {
    while end - offset >= 8 {
      let special = EightBytes(bytes, at: offset).special
      offset += special.trailingZeroBitCount >> 3
      if special != 0 { return }
    }
    while offset < end, (0x20..<0x7F).contains(bytes[offset]), bytes[offset] != 0x22,
      bytes[offset] != 0x5C
    { offset += 1 }
  }

  /// `\"`, `\\`, or what has to be `\uXXXX`: no printable ASCII, and no half of a surrogate pair alone.
  private mutating func escape(_ bytes: RawSpan) -> Bool {
    guard end - offset >= 2 else { return false }
    if bytes[offset + 1] == 0x22 || bytes[offset + 1] == 0x5C {
      offset += 2
      return true
    }
    return escapedCharacter(bytes, prefix: 1)
  }

  /// `\uXXXX`, or two of them for a surrogate pair, each after `prefix` backslashes.
  mutating func escapedCharacter(_ bytes: RawSpan, prefix: Int) -> Bool {
    guard let unit = unit(bytes, prefix), !(0x20..<0x7F).contains(unit) else { return false }
    switch unit {
    case 0xD800..<0xDC00:
      guard let second = self.unit(bytes, prefix) else { return false }
      return (0xDC00..<0xE000).contains(second)
    case 0xDC00..<0xE000: return false
    default: return true
    }
  }

  /// Backslashes, `u`, and four digits in lower case.
  private mutating func unit(_ bytes: RawSpan, _ prefix: Int) -> UInt16? {
    guard end - offset >= prefix + 5 else { return nil }
    for index in offset..<offset + prefix where bytes[index] != 0x5C { return nil }
    guard bytes[offset + prefix] == 0x75 else { return nil }
    var unit: UInt16 = 0
    for index in offset + prefix + 1..<offset + prefix + 5 {
      guard let digit = CanonicalScanner.hexadecimal(bytes[index]) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    offset += prefix + 5
    return unit
  }

  /// The value of a lower-case hexadecimal digit.
  static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
