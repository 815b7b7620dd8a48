/// Makes names from events fit to be kept: keys and event names are written by whoever sends the events.
///
/// A key may itself be a value (`"ana@clinic.example": true`, visits under a record number). What looks like one is
/// kept as `{…}`, which also makes one path of all of them.
package enum SightedName {
  static let longest = 64
  package static let placeholder = "{…}"

  /// The name, or the placeholder for one that is long, or looks like a value.
  package static func kept(_ bytes: [UInt8]) -> String {
    guard (1...longest).contains(bytes.count),
      let text = String(validating: bytes, as: UTF8.self), !looksLikeValue(text)
    else { return placeholder }
    return text
  }

  /// Control characters, an `@`, five digits or more, or words as in a sentence.
  private static func looksLikeValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 } ? asciiLooksLikeValue(text) : anyLooksLikeValue(text)
  }

  private static func asciiLooksLikeValue(_ text: String) -> Bool {
    var digits = 0
    var spaces = 0
    for byte in text.utf8 {
      switch byte {
      case 0..<0x20, 0x7F, UInt8(ascii: "@"): return true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: " "): spaces += 1
      default: break
      }
    }
    return digits >= 5 || spaces > 6
  }

  /// The same by what Unicode says of each character, which takes longer to find out.
  private static func anyLooksLikeValue(_ text: String) -> Bool {
    var digits = 0
    var spaces = 0
    for scalar in text.unicodeScalars {
      if scalar.properties.generalCategory == .control || scalar.properties.isBidiControl {
        return true
      }
      if scalar == "@" { return true }
      if scalar.properties.numericType != nil { digits += 1 }
      if scalar == " " { spaces += 1 }
    }
    return digits >= 5 || spaces > 6
  }
}
