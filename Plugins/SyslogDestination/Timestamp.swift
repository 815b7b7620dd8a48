/// A time as RFC 5424, section 6.2.3, has it.
enum Timestamp {
  /// The text where it is one, its fraction cut to microseconds; nil for any other, such as ciphertext.
  static func checked(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, hasDate(bytes) else { return nil }
    var rest = bytes[19...]
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return nil }
      rest = rest.dropFirst(fraction.count + 1)
    }
    guard isZone(Array(rest)) else { return nil }
    let point: [UInt8] = fraction.isEmpty ? [] : [UInt8(ascii: ".")]
    return String(decoding: bytes[..<19] + point + fraction.prefix(6) + rest, as: UTF8.self)
  }

  /// `2026-11-25T12:30:00`, each number in its range; no leap second, which RFC 5424 rules out.
  private static func hasDate(_ bytes: [UInt8]) -> Bool {
    let separators: [(Int, UInt8)] = [
      (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")), (10, UInt8(ascii: "T")),
      (13, UInt8(ascii: ":")), (16, UInt8(ascii: ":")),
    ]
    guard separators.allSatisfy({ bytes[$0.0] == $0.1 }), bytes[..<4].allSatisfy(isDigit) else {
      return false
    }
    return isNumber(bytes, at: 5, 1...12) && isNumber(bytes, at: 8, 1...31)
      && isNumber(bytes, at: 11, 0...23)
      && isNumber(bytes, at: 14, 0...59) && isNumber(bytes, at: 17, 0...59)
  }

  private static func isZone(_ bytes: [UInt8]) -> Bool {
    if bytes == [UInt8(ascii: "Z")] { return true }
    return bytes.count == 6 && (bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"))
      && bytes[3] == UInt8(ascii: ":") && isNumber(bytes, at: 1, 0...23)
      && isNumber(bytes, at: 4, 0...59)
  }

  private static func isNumber(_ bytes: [UInt8], at place: Int, _ range: ClosedRange<Int>) -> Bool {
    guard isDigit(bytes[place]), isDigit(bytes[place + 1]) else { return false }
    return range.contains(Int(bytes[place] - 48) * 10 + Int(bytes[place + 1] - 48))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
