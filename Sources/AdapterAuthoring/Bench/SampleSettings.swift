internal import AdapterLoading
internal import Foundation

/// Settings that suit an adapter's schema, made up or the author's own; secrets apart.
struct SampleSettings: Sendable {
  var values: [String: JSONDocument]
  var secrets: [String: String]

  /// The settings document.
  var json: [UInt8] { SampleSettings.json(.object(values)) }

  static func json(_ document: JSONDocument) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(document)).map(Array.init) ?? []
  }
}

/// The settings schema of an adapter, as far as values can be made up from it.
struct SampleSchema: Sendable {
  let properties: [String: [String: JSONDocument]]
  let required: Set<String>
  private let manifest: AdapterManifest

  /// An empty text is a schema without settings; nil for one that is no schema of an object.
  init?(_ text: String, _ manifest: AdapterManifest) {
    self.manifest = manifest
    guard !text.isEmpty else {
      properties = [:]
      required = []
      return
    }
    guard case .object(let schema)? = JSONDocument(text: text) else { return nil }
    guard case .object(let found) = schema["properties"] ?? .object([:]) else { return nil }
    properties = found.compactMapValues {
      if case .object(let members) = $0 { members } else { nil }
    }
    guard case .list(let names) = schema["required"] ?? .list([]) else { return nil }
    required = Set(names.compactMap { if case .text(let name) = $0 { name } else { nil } })
  }

  /// Whether the host keeps the setting apart.
  func isSecret(_ name: String) -> Bool { properties[name]?["x-secret"] == .bool(true) }

  /// Settings with each required value, or with all; files lie in `folder`.
  func sample(all: Bool, folder: String, secret: (String) -> String) -> SampleSettings {
    var sample = SampleSettings(values: [:], secrets: [:])
    for (name, property) in properties {
      if isSecret(name) {
        sample.secrets[name] = secret(name)
      } else if all || required.contains(name) || isNeededByPermission(name) {
        sample.values[name] = value(name, property, folder)
      }
    }
    return sample
  }

  /// A permission that names a setting is of use only with it; a place to rotate in only if the author asks for it.
  private func isNeededByPermission(_ name: String) -> Bool {
    manifest.permissions.http.contains("$settings.\(name)")
      || manifest.permissions.network.contains("$settings.\(name)")
      || manifest.permissions.files.contains { $0.setting == name && $0.when == nil }
  }

  private func value(
    _ name: String, _ property: [String: JSONDocument], _ folder: String
  ) -> JSONDocument {
    if manifest.permissions.http.contains("$settings.\(name)") { return .text(SampleSchema.url) }
    if manifest.permissions.network.contains("$settings.\(name)") {
      return .text(SampleSchema.address)
    }
    if manifest.permissions.files.contains(where: { $0.setting == name }) {
      return .text("\(folder)/\(name)")
    }
    if let preset = property["default"] { return preset }
    if case .list(let choices)? = property["enum"], let first = choices.first { return first }
    switch property["type"] {
    case .text("integer"), .text("number"): return number(property)
    case .text("boolean"): return .bool(false)
    case .text("array"): return .list([])
    default: return text(name, property)
    }
  }

  static let url = "https://peer.example.com/in"
  static let address = "peer.example.com:6514"

  private func number(_ property: [String: JSONDocument]) -> JSONDocument {
    if let least = property["minimum"] { return least }
    if case .number(let most)? = property["maximum"] { return .number(min(1, most)) }
    return .number(1)
  }

  private func text(_ name: String, _ property: [String: JSONDocument]) -> JSONDocument {
    let isURL = property["format"] == .text("uri") || name.contains("url")
    var text = isURL ? SampleSchema.url : "sample"
    if case .number(let least)? = property["minLength"] {
      while text.count < Int(least) { text += "0" }
    }
    if case .number(let most)? = property["maxLength"] { text = String(text.prefix(Int(most))) }
    return .text(text)
  }
}
