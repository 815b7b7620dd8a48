/// Walks ASCII bytes that have only one permitted spelling: the one ``RecordWriter`` gives them.
struct CanonicalScanner {
  private let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { offset == end }

  /// Goes behind the text, or stays and says false.
  mutating func literal(_ text: [UInt8]) -> Bool {
    guard end - offset >= text.count else { return false }
    for index in text.indices where bytes[offset + index] != text[index] { return false }
    offset += text.count
    return true
  }

  /// A number without a sign and without leading zeros.
  mutating func integer() -> UInt64? {
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
  mutating func string() -> Range<Int>? {
    guard offset < end, bytes[offset] == 0x22 else { return nil }
    offset += 1
    let start = offset
    while offset < end {
      switch bytes[offset] {
      case 0x22:
        offset += 1
        return start..<offset - 1
      case 0x5C:
        guard escape() else { return nil }
      case 0x20..<0x7F: offset += 1
      default: return nil
      }
    }
    return nil
  }

  /// `\"`, `\\`, or what has to be `\uXXXX`: no printable ASCII, and no half of a surrogate pair alone.
  private mutating func escape() -> Bool {
    guard end - offset >= 2 else { return false }
    if bytes[offset + 1] == 0x22 || bytes[offset + 1] == 0x5C {
      offset += 2
      return true
    }
    guard let unit = unit(), !(0x20..<0x7F).contains(unit) else { return false }
    switch unit {
    case 0xD800..<0xDC00:
      guard let second = self.unit() else { return false }
      return (0xDC00..<0xE000).contains(second)
    case 0xDC00..<0xE000: return false
    default: return true
    }
  }

  /// `\uXXXX` in lower case.
  private mutating func unit() -> UInt16? {
    guard end - offset >= 6, bytes[offset] == 0x5C, bytes[offset + 1] == 0x75 else { return nil }
    var unit: UInt16 = 0
    for index in offset + 2..<offset + 6 {
      guard let digit = CanonicalScanner.hexadecimal(bytes[index]) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    offset += 6
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
