internal import EventMapping

extension AdapterManifest {
  /// What is wrong with a destination's settings, by name; nothing where the manifest has no schema.
  ///
  /// - Parameters:
  ///   - json: one JSON object, without secrets.
  ///   - secrets: names of those that were given.
  package func complaints(aboutSettings json: [UInt8], secrets: Set<String>) -> [String] {
    guard let schema = settingsSchema.flatMap({ SettingsSchema($0) }) else { return [] }
    return complaints(
      aboutSettings: json, schema,
      secrets: secrets.intersection(permissions.secrets + permissions.httpSecrets))
  }

  /// The same against a schema, and the mapping apart from it.
  func complaints(
    aboutSettings json: [UInt8], _ schema: SettingsSchema, secrets: Set<String>
  ) -> [String] {
    let mapping = hasMapping ? MappingSetting.text(inSettings: json) : nil
    let others = hasMapping ? MappingSetting.settings(json, with: nil) : json
    let settings = JSONDocument(text: String(decoding: others, as: UTF8.self)) ?? .null
    return schema.complaints(about: settings, secrets: secrets)
      + (mapping.map(complaints(aboutMapping:)) ?? []).map { "\"mapping\": \($0)" }
  }

  /// Each setting in words: its name, and what it may be; nil where the manifest has no schema.
  package var settingLines: [(name: String, text: String)]? {
    settingsSchema.flatMap { SettingsSchema($0) }?.lines
  }
}
