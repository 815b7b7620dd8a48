/// The bytes of JSON's grammar.
enum Byte {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let minus = UInt8(ascii: "-")
  static let plus = UInt8(ascii: "+")
  static let dot = UInt8(ascii: ".")
  static let zero = UInt8(ascii: "0")
  static let newline = UInt8(ascii: "\n")

  /// RFC 8259 section 2: space, tab, line feed, carriage return.
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}

/// A place in a text of bytes, and the steps over one token each.
///
/// Every step checks the end before it reads.
@unsafe
struct Cursor {
  let base: UnsafePointer<UInt8>
  let count: Int
  var index = 0
  /// Whether the string that was stepped over last holds a backslash.
  var sawEscape = false
  /// What the last step that returned false found.
  var error = JSONError(.truncated, at: 0)

  init(base: UnsafePointer<UInt8>, count: Int) {
    unsafe self.base = unsafe base
    unsafe self.count = count
  }

  var current: UInt8 { @inline(__always) get { unsafe base[index] } }

  var truncated: JSONError { unsafe JSONError(.truncated, at: count) }

  /// Whether nothing but white space has been seen up to here.
  var isBlank: Bool {
    for position in unsafe 0..<index where unsafe base[position] > 0x20 { return false }
    return true
  }

  /// Notes what is wrong at `index` (at the end for a text that is cut off) and returns false.
  mutating func fail(_ reason: JSONError.Reason) -> Bool {
    unsafe error = unsafe JSONError(reason, at: reason == .truncated ? count : index)
    return false
  }

  /// Steps over white space; false at the end of the text.
  @inline(__always)
  mutating func skipWhitespace() -> Bool {
    while unsafe index < count {
      let byte = unsafe base[index]
      guard byte <= 0x20 else { return true }
      guard Byte.isSpace(byte) else { return true }
      unsafe index += 1
    }
    return false
  }

  /// Steps over a string; `index` stands on its opening quote before and behind its closing quote after.
  @inline(__always)
  mutating func skipString() -> Bool {
    unsafe sawEscape = false
    unsafe index += 1
    while true {
      unsafe skipPlainCharacters()
      guard unsafe index < count else { return unsafe fail(.truncated) }
      let byte = unsafe base[index]
      if byte == Byte.quote {
        unsafe index += 1
        return true
      }
      guard unsafe byte == Byte.backslash ? skipEscape() : skipMultibyte(byte) else {
        return false
      }
    }
  }

  /// Steps over the characters that stand for themselves: ASCII, no control, no quote, no backslash.
  ///
  /// Eight bytes at a time as one integer: Swift 6.3 compares SIMD vectors lane by lane, ten times slower.
  @inline(__always)
  private mutating func skipPlainCharacters() {
    while unsafe index + 8 <= count {
      let word = unsafe UInt64(
        littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      let stops = unsafe Cursor.stops(word)
      if stops != 0 {
        unsafe index += stops.trailingZeroBitCount >> 3
        return
      }
      unsafe index += 8
    }
    while unsafe index < count {
      let byte = unsafe base[index]
      if byte < 0x20 || byte >= 0x80 || byte == Byte.quote || byte == Byte.backslash { return }
      unsafe index += 1
    }
  }

  /// The high bit of the lowest byte that ends a run of plain characters; bits above it mean nothing.
  ///
  /// A subtraction borrows into the next byte only where a byte was a stop itself, so the lowest bit is exact.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let control = word &- (ones &* 0x20)
    let quote = (word ^ (ones &* UInt64(Byte.quote))) &- ones
    let backslash = (word ^ (ones &* UInt64(Byte.backslash))) &- ones
    return (control | quote | backslash | word) & (ones &* 0x80)
  }

  /// Steps over `\n`, `\u00e9` and their like.
  ///
  /// A lone surrogate is let through: RFC 8259 section 8.2 allows it.
  private mutating func skipEscape() -> Bool {
    unsafe sawEscape = true
    guard unsafe index + 1 < count else { return unsafe fail(.truncated) }
    switch unsafe base[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      unsafe index += 2
      return true
    case UInt8(ascii: "u"):
      guard unsafe index + 6 <= count else { return unsafe fail(.truncated) }
      for position in unsafe index + 2..<index + 6 {
        guard unsafe hexDigit(base[position]) != nil else { return unsafe fail(.badEscape) }
      }
      unsafe index += 6
      return true
    default:
      return unsafe fail(.badEscape)
    }
  }

  /// Steps over one character of two to four bytes (Unicode 15, table 3-7: no overlong form, no surrogate).
  private mutating func skipMultibyte(_ first: UInt8) -> Bool {
    guard first >= 0x80 else { return unsafe fail(.controlCharacter) }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return unsafe fail(.invalidUTF8)
    }
    guard unsafe index + length <= count, unsafe second.contains(base[index + 1]) else {
      return unsafe fail(.invalidUTF8)
    }
    for position in unsafe index + 2..<index + length {
      guard unsafe base[position] & 0xC0 == 0x80 else { return unsafe fail(.invalidUTF8) }
    }
    unsafe index += length
    return true
  }

  /// Steps over a number, `true`, `false` or `null`.
  @inline(__always)
  mutating func skipScalar() -> Bool {
    switch unsafe current {
    case UInt8(ascii: "t"): unsafe skipLiteral("true")
    case UInt8(ascii: "f"): unsafe skipLiteral("false")
    case UInt8(ascii: "n"): unsafe skipLiteral("null")
    case Byte.minus, Byte.zero...UInt8(ascii: "9"): unsafe skipNumber()
    default: unsafe fail(.unexpectedByte)
    }
  }

  @inline(__always)
  private mutating func skipLiteral(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    for offset in 0..<length {
      guard unsafe index + offset < count else { return unsafe fail(.truncated) }
      guard unsafe base[index + offset] == literal.utf8Start[offset] else {
        return unsafe fail(.badLiteral)
      }
    }
    unsafe index += length
    return true
  }

  /// RFC 8259 section 6: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
  @inline(__always)
  private mutating func skipNumber() -> Bool {
    if unsafe current == Byte.minus { unsafe index += 1 }
    let integer = unsafe index
    guard unsafe skipDigits() else { return unsafe failNumber() }
    if unsafe base[integer] == Byte.zero && index > integer + 1 { return unsafe fail(.badNumber) }
    if unsafe index < count && current == Byte.dot {
      unsafe index += 1
      guard unsafe skipDigits() else { return unsafe failNumber() }
    }
    if unsafe index < count && current | 0x20 == UInt8(ascii: "e") {
      unsafe index += 1
      if unsafe index < count && (current == Byte.plus || current == Byte.minus) {
        unsafe index += 1
      }
      guard unsafe skipDigits() else { return unsafe failNumber() }
    }
    return true
  }

  private mutating func failNumber() -> Bool {
    unsafe fail(index >= count ? .truncated : .badNumber)
  }

  /// Steps over digits; false when there is none.
  @inline(__always)
  private mutating func skipDigits() -> Bool {
    let start = unsafe index
    while unsafe index < count && current &- Byte.zero < 10 { unsafe index += 1 }
    return unsafe index > start
  }
}
