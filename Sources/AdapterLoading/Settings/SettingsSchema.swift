/// The settings of an adapter as it describes them: the subset of JSON Schema that `destination_adapter.h` names.
///
/// Keywords beyond the subset are not looked at: the adapter checks its settings again.
struct SettingsSchema: Equatable {
  private let properties: [String: SettingRule]
  private let required: [String]
  private let allowsOthers: Bool

  /// An adapter without settings takes none.
  static let none = SettingsSchema(properties: [:], required: [], allowsOthers: false)

  private init(properties: [String: SettingRule], required: [String], allowsOthers: Bool) {
    self.properties = properties
    self.required = required
    self.allowsOthers = allowsOthers
  }

  /// Of a descriptor's text, which may be empty; nil when it is no schema of an object.
  init?(text: String) {
    guard !text.isEmpty else {
      self = .none
      return
    }
    guard let document = JSONDocument(text: text) else { return nil }
    self.init(document)
  }

  /// Nil when it is no schema of an object.
  init?(_ document: JSONDocument) {
    guard case .object(let members) = document, members["type"] == .text("object") else {
      return nil
    }
    var rules: [String: SettingRule] = [:]
    if let properties = members["properties"] {
      guard case .object(let properties) = properties else { return nil }
      for (name, property) in properties {
        guard let rule = SettingRule(property) else { return nil }
        rules[name] = rule
      }
    }
    guard let required = (members["required"] ?? .list([])).texts else { return nil }
    self.init(
      properties: rules, required: required,
      allowsOthers: members["additionalProperties"] != .bool(false))
  }

  /// Everything that is wrong with a destination's settings, by name; never a value.
  ///
  /// - Parameters:
  ///   - settings: one JSON object, without secrets.
  ///   - secrets: names of those that were given.
  func complaints(about settings: JSONDocument, secrets: Set<String>) -> [String] {
    guard case .object(let settings) = settings else { return ["they are no JSON object"] }
    var complaints: [String] = []
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      if let complaint = complaint(about: name, value) {
        complaints.append("\"\(name.withoutControls.prefix(64))\" \(complaint)")
      }
    }
    for name in required.sorted() where settings[name] == nil && !secrets.contains(name) {
      let how = properties[name]?.isSecret == true ? "; it is a secret" : ""
      complaints.append("\"\(name.withoutControls.prefix(64))\" is missing\(how)")
    }
    return complaints
  }

  /// Each setting in words, by name.
  var lines: [(name: String, text: String)] {
    properties.sorted { $0.key < $1.key }.map { name, rule in
      (name.withoutControls, rule.text(isRequired: required.contains(name)))
    }
  }

  private func complaint(about name: String, _ value: JSONDocument) -> String? {
    if let rule = properties[name] { return rule.complaint(about: value) }
    guard !allowsOthers else { return nil }
    let known = properties.keys.sorted().prefix(20).map { "\"\($0.withoutControls.prefix(64))\"" }
    return known.isEmpty
      ? "is none of its settings: it has none"
      : "is none of its settings, which are \(known.joined(separator: ", "))"
  }
}
