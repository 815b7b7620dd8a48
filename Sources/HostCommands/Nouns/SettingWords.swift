import FoundationEssentials
internal import Workspace

/// What `k=v` on the command line means.
enum SettingWords {
  /// A setting's value: a JSON scalar or list when the text is one, else the text itself.
  typealias Value = SettingValue

  /// Reads `key=value`; the text after the first `=` is not repeated in an error.
  static func pair(_ word: String, of command: String) throws(CommandError) -> (String, Value) {
    let (key, text) = try split(word, command, form: "key=value")
    return (key, value(text))
  }

  /// Reads `key=@file`, the only way in which a secret is taken.
  static func secret(
    _ word: String, of command: String
  ) throws(CommandError) -> (key: String, file: String) {
    let (key, text) = try split(word, command, form: "key=@file")
    guard text.hasPrefix("@"), text.count > 1 else {
      throw .usage(
        "secret \"\(Printable.short(key))\"", command,
        "a secret is taken from a file only, never from the command line",
        "Write it to a file of mode 0600 and give \(Printable.short(key))=@FILE; "
          + "what was typed may be in the shell's history.")
    }
    return (key, String(text.dropFirst()))
  }

  static func value(_ text: String) -> Value {
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default: break
    }
    if let number = number(text) { return number }
    if text.hasPrefix("["), case .array(let list) = SettingValue(typed: text) {
      return .array(list)
    }
    guard text.first == "\"", text.utf8.count <= 1_048_576,
      let string = try? JSONDecoder().decode(String.self, from: Data(text.utf8))
    else { return .string(text) }
    return .string(string)
  }

  /// RFC 8259, section 6; `007` and `+1` are text, and so is a number that would lose digits.
  private static func number(_ text: String) -> Value? {
    guard text.utf8.count <= 32,
      text.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/#) != nil
    else { return nil }
    if let integer = Int64(text) { return .integer(integer) }
    guard text.contains(where: { ".eE".contains($0) }), let number = Double(text), number.isFinite
    else { return nil }
    return .number(number)
  }

  private static func split(
    _ word: String, _ command: String, form: String
  ) throws(CommandError) -> (String, String) {
    guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
      throw .usage(
        "setting", command, "a word is not of the form \(form)",
        "Write \(form); quote it when it holds spaces.")
    }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }
}
