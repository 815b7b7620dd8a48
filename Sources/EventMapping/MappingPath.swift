/// Where in an event a value stands, as a mapping writes it.
enum MappingPath {
  /// The keys of `$.a.b`, none for `$`; nil for what is no path.
  static func keys(_ text: String) -> [String]? {
    if text == "$" { return [] }
    guard text.hasPrefix("$.") else { return nil }
    return keys(of: text.dropFirst(2))
  }

  /// The same where `$.` may be left out, as in a template.
  static func bareKeys(_ text: some StringProtocol) -> [String]? {
    text.hasPrefix("$") ? keys(String(text)) : keys(of: Substring(text))
  }

  private static func keys(of text: Substring) -> [String]? {
    var keys: [String] = []
    var key = ""
    var isEscaped = false
    for character in text.unicodeScalars {
      if isEscaped {
        key.unicodeScalars.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "." {
        keys.append(key)
        key = ""
      } else {
        key.unicodeScalars.append(character)
      }
    }
    keys.append(key)
    return isEscaped || keys.contains("") ? nil : keys
  }
}
