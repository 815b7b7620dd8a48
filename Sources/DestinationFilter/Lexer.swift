/// One word of a statement.
struct Token {
  enum Kind: Equatable {
    /// Its keys, and whether it is written without a backslash: a name that is escaped is a field's, not a function's.
    case path([String], isPlain: Bool)
    case string([UInt8])
    /// Its bytes, which are a number.
    case number([UInt8])
    case sign(Sign)
    case end
  }

  /// Words and signs that are spelt in one way only.
  enum Sign: String, CaseIterable {
    case and, or, `in`, `true`, `false`, null
    case notEqual = "!="
    case atLeast = ">="
    case atMost = "<="
    case equal = "="
    case above = ">"
    case below = "<"
    case not = "!"
    case open = "("
    case close = ")"
    case openList = "["
    case closeList = "]"
    case comma = ","
  }

  let kind: Kind
  /// Where it begins, in bytes.
  let start: Int
}

/// Cuts a statement into tokens.
struct Lexer {
  private let text: [UInt8]
  private var index = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func next() throws(FilterError) -> Token {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
    let start = index
    guard index < text.count else { return Token(kind: .end, start: start) }
    return Token(kind: try kind(at: start), start: start)
  }

  private mutating func kind(at start: Int) throws(FilterError) -> Token.Kind {
    let byte = text[index]
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { return .string(try string(byte)) }
    if let number = number() { return .number(number) }
    if isPathByte(byte) || byte == UInt8(ascii: "\\") { return try word() }
    for sign in Token.Sign.allCases
    where isSymbol(sign) && text[index...].starts(with: sign.rawValue.utf8) {
      index += sign.rawValue.utf8.count
      if sign == .equal, index < text.count, text[index] == UInt8(ascii: "=") {
        throw error(at: start, "`==` is no operator", "Write `=` once.")
      }
      return .sign(sign)
    }
    throw unexpected(byte, at: start)
  }

  private func isSymbol(_ sign: Token.Sign) -> Bool { !isPathByte(sign.rawValue.utf8.first ?? 0) }

  private func unexpected(_ byte: UInt8, at start: Int) -> FilterError {
    switch byte {
    case UInt8(ascii: "&"): error(at: start, "`&` is no operator", "Write `and`.")
    case UInt8(ascii: "|"): error(at: start, "`|` is no operator", "Write `or`.")
    case UInt8(ascii: "."):
      error(at: start, "a path does not begin with a dot", "Write the field's name before it.")
    default:
      error(
        at: start, "this character begins nothing",
        "Put text in quotes; in a field's name, write a backslash before it.")
    }
  }

  // MARK: - Strings and numbers

  /// Only a quote and a backslash are escaped; before anything else a backslash stays, as `match` wants it.
  private mutating func string(_ quote: UInt8) throws(FilterError) -> [UInt8] {
    let start = index
    var content: [UInt8] = []
    index += 1
    while index < text.count {
      let byte = text[index]
      index += 1
      if byte == quote { return content }
      let isEscape =
        byte == UInt8(ascii: "\\") && index < text.count
        && [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(text[index])
      if isEscape { index += 1 }
      content.append(isEscape ? text[index - 1] : byte)
    }
    throw error(at: start, "the string that begins here does not end", "Close its quote.")
  }

  /// A number that no character of a path follows.
  private mutating func number() -> [UInt8]? {
    let length = FilterNumber.length(text, from: index)
    let end = index + length
    guard length > 0,
      end == text.count || !(isPathByte(text[end]) || [0x2E, 0x5C].contains(text[end]))
    else { return nil }
    defer { index = end }
    return Array(text[index..<end])
  }

  // MARK: - Words

  /// A path, or a word of the language.
  private mutating func word() throws(FilterError) -> Token.Kind {
    let start = index
    var keys: [String] = []
    repeat {
      if !keys.isEmpty { index += 1 }
      keys.append(try key())
    } while index < text.count && text[index] == UInt8(ascii: ".")
    let written = String(decoding: text[start..<index], as: UTF8.self)
    if let sign = Token.Sign(rawValue: written) { return .sign(sign) }
    return .path(keys, isPlain: !written.contains("\\"))
  }

  private mutating func key() throws(FilterError) -> String {
    let start = index
    var key: [UInt8] = []
    while index < text.count {
      if text[index] == UInt8(ascii: "\\") {
        guard index + 1 < text.count else {
          throw error(at: index, "nothing follows the backslash", "Write the character it is for.")
        }
        index += 1
        key.append(text[index])
        index += 1
        while index < text.count, text[index] & 0xC0 == 0x80 {
          key.append(text[index])
          index += 1
        }
      } else if isPathByte(text[index]) {
        key.append(text[index])
        index += 1
      } else {
        break
      }
    }
    guard !key.isEmpty else {
      throw error(
        at: start, "a field's name is missing between or behind the dots",
        "Write one; a dot that belongs to a name is written `\\.`.")
    }
    return String(decoding: key, as: UTF8.self)
  }

  private func isPathByte(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  // MARK: - Errors

  func error(at byte: Int, _ reason: String, _ mend: String) -> FilterError {
    FilterError(column: column(of: byte), reason, mend)
  }

  private func column(of byte: Int) -> Int {
    text[..<min(byte, text.count)].count { $0 & 0xC0 != 0x80 } + 1
  }
}
