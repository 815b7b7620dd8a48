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
