internal import FoundationEssentials

/// The JSON Schema of an adapter's settings, for `destination_descriptor.settings_schema`.
struct SettingsSchema: Encodable {
  private let type = "object"
  private let properties: [String: Property]
  private let required: [String]
  private let additionalProperties = false

  init(_ settings: [Setting]) {
    properties = Dictionary(
      settings.map { ($0.name, Property($0)) }, uniquingKeysWith: { _, last in last })
    required = settings.filter(\.isRequired).map(\.name)
  }

  /// One line; the same for the same settings.
  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }
}

private struct Property: Encodable {
  private enum Key: String, CodingKey {
    case type, description, items, minimum, maximum
    case preset = "default"
    case oneOf = "enum"
    case isSecret = "x-secret"
  }

  private let setting: Setting

  init(_ setting: Setting) {
    self.setting = setting
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(setting.summary, forKey: .description)
    switch setting.kind {
    case .string(let preset, let oneOf):
      try container.encode("string", forKey: .type)
      try container.encodeIfPresent(preset, forKey: .preset)
      if !oneOf.isEmpty { try container.encode(oneOf, forKey: .oneOf) }
    case .integer(let preset, let minimum, let maximum):
      try container.encode("integer", forKey: .type)
      try container.encodeIfPresent(preset, forKey: .preset)
      try container.encodeIfPresent(minimum, forKey: .minimum)
      try container.encodeIfPresent(maximum, forKey: .maximum)
    case .boolean(let preset):
      try container.encode("boolean", forKey: .type)
      try container.encodeIfPresent(preset, forKey: .preset)
    case .strings:
      try container.encode("array", forKey: .type)
      try container.encode(["type": "string"], forKey: .items)
    case .secret:
      try container.encode("string", forKey: .type)
      try container.encode(true, forKey: .isSecret)
    }
  }
}
