extension AdapterManifest {
  /// What is wrong with a destination's settings, by name; nothing where the manifest has no schema.
  ///
  /// - Parameters:
  ///   - json: one JSON object, without secrets.
  ///   - secrets: names of those that were given.
  package func complaints(aboutSettings json: [UInt8], secrets: Set<String>) -> [String] {
    guard let schema = settingsSchema.flatMap({ SettingsSchema($0) }) else { return [] }
    let settings = JSONDocument(text: String(decoding: json, as: UTF8.self)) ?? .null
    return schema.complaints(
      about: settings, secrets: secrets.intersection(permissions.secrets))
  }

  /// Each setting in words: its name, and what it may be; nil where the manifest has no schema.
  package var settingLines: [(name: String, text: String)]? {
    settingsSchema.flatMap { SettingsSchema($0) }?.lines
  }
}
