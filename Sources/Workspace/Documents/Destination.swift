package import DestinationFilter
package import FieldEncryption
package import Privacy

/// One destination: the document `destinations/<id>.json`.
package struct Destination: Codable, Sendable, Equatable {
  /// 2 has filters: a program that does not know them must not send without them.
  package static let currentFormat = 2

  package var format: Int
  package let id: String
  /// The product id of its adapter.
  package let adapter: String
  package var enabled: Bool
  /// What its adapter is given; no secret.
  package var settings: [String: SettingValue]
  /// Name → file in `secrets/<id>/` that holds the sealed value.
  package var secrets: [String: String]
  package var encryption: EncryptionSettings
  /// How its events are delivered; nil for the defaults.
  package var delivery: DeliverySettings?
  /// What happens to red and yellow keys on their way to it; nil when nobody has decided.
  package var controls: Controls?
  /// The longest string in characters that it keeps whole; nil: its adapter's limit alone counts.
  package var maximumStringLength: Int?
  /// In the order in which they are taken; nil when it never had one.
  package var filters: [EventFilter]?
  package let createdAt: String
  /// Set by the host when it gives the adapter up; ended by `destination reconcile` or `enable`.
  package var quarantined: Quarantine?
  /// Why it must not run: its document was changed without audit, or it is quarantined; nil when all is well.
  ///
  /// Never in the document.
  package var quarantine: String? = nil

  init(id: String, adapter: String, settings: [String: SettingValue], createdAt: String) {
    format = 1
    self.id = id
    self.adapter = adapter
    enabled = false
    self.settings = settings
    secrets = [:]
    encryption = EncryptionSettings()
    self.createdAt = createdAt
  }

  /// The adapter's settings as one JSON object, keys sorted: what it is given.
  package var settingsJSON: [UInt8] {
    let own = settings.filter { !$0.key.hasPrefix(HostSetting.prefix) }
    return Array(SettingValue.object(own).json.utf8)
  }

  private enum CodingKeys: String, CodingKey {
    case format, id, adapter, enabled, settings, secrets, encryption, delivery, controls
    case quarantined, filters
    case maximumStringLength = "maximum_string_length"
    case createdAt = "created_at"
  }
}
