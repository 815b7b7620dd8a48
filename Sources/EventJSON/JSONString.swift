/// The escapes of a JSON string (RFC 8259 section 7), both ways, on UTF-8 bytes.
package enum JSONString {
  /// Appends the UTF-8 text that the content of a JSON string stands for.
  ///
  /// - Parameters:
  ///   - content: the bytes between the quotes of a valid JSON string.
  ///   - out: receives the text; left as it was when this returns false.
  /// - Returns: false when the string holds a lone surrogate (`\ud800`), which no UTF-8 text can hold, or an
  ///   escape that RFC 8259 does not know.
  package static func unescape(_ content: RawSpan, appendingTo out: inout [UInt8]) -> Bool {
    let start = out.count
    out.reserveCapacity(start + content.byteCount)
    var index = 0
    while index < content.byteCount {
      let byte = unsafe content.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      if byte != Escape.backslash {
        out.append(byte)
        index += 1
      } else if !Escape.decode(content, &index, appendingTo: &out) {
        out.removeSubrange(start...)
        return false
      }
    }
    return true
  }

  /// Appends `utf8` as the content of a JSON string, without the quotes around it.
  ///
  /// Escaped are the quote, the backslash and the control characters, in their shortest form, and nothing else.
  package static func escape(_ utf8: RawSpan, appendingTo out: inout [UInt8]) {
    out.reserveCapacity(out.count + utf8.byteCount)
    for index in 0..<utf8.byteCount {
      let byte = unsafe utf8.unsafeLoad(fromByteOffset: index, as: UInt8.self)
      if byte >= 0x20 && byte != Escape.quote && byte != Escape.backslash {
        out.append(byte)
      } else {
        Escape.encode(byte, appendingTo: &out)
      }
    }
  }
}

/// One escape at a time.
private enum Escape {
  static let backslash = UInt8(ascii: "\\")
  static let quote = UInt8(ascii: "\"")

  static func encode(_ byte: UInt8, appendingTo out: inout [UInt8]) {
    out.append(backslash)
    switch byte {
    case quote, backslash: out.append(byte)
    case 0x08: out.append(UInt8(ascii: "b"))
    case 0x09: out.append(UInt8(ascii: "t"))
    case 0x0A: out.append(UInt8(ascii: "n"))
    case 0x0C: out.append(UInt8(ascii: "f"))
    case 0x0D: out.append(UInt8(ascii: "r"))
    default:
      let digits = Array("0123456789abcdef".utf8)
      out += [UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  /// Reads the escape at `index`, which stands on its backslash, and moves `index` behind it.
  static func decode(_ content: RawSpan, _ index: inout Int, appendingTo out: inout [UInt8]) -> Bool
  {
    guard index + 1 < content.byteCount else { return false }
    let letter = unsafe content.unsafeLoad(fromByteOffset: index + 1, as: UInt8.self)
    guard letter != UInt8(ascii: "u") else { return decodeUnicode(content, &index, &out) }
    guard let byte = single(letter) else { return false }
    out.append(byte)
    index += 2
    return true
  }

  private static func single(_ letter: UInt8) -> UInt8? {
    switch letter {
    case quote, backslash, UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "r"): 0x0D
    default: nil
    }
  }

  private static func decodeUnicode(
    _ content: RawSpan, _ index: inout Int, _ out: inout [UInt8]
  ) -> Bool {
    guard var value = codeUnit(content, at: index) else { return false }
    index += 6
    if value & 0xFC00 == 0xD800 {
      guard let low = codeUnit(content, at: index), low & 0xFC00 == 0xDC00 else { return false }
      index += 6
      value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
    }
    guard let scalar = Unicode.Scalar(value) else { return false }
    out += UTF8.encode(scalar).map(Array.init) ?? []
    return true
  }

  /// The value of `\uXXXX` at `index`.
  private static func codeUnit(_ content: RawSpan, at index: Int) -> UInt32? {
    guard index + 6 <= content.byteCount,
      unsafe content.unsafeLoad(fromByteOffset: index, as: UInt8.self) == backslash,
      unsafe content.unsafeLoad(fromByteOffset: index + 1, as: UInt8.self) == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for offset in index + 2..<index + 6 {
      let byte = unsafe content.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
      guard let digit = hexDigit(byte) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
