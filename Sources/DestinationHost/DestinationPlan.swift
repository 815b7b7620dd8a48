internal import AdapterLoading
internal import Cryptography
internal import DestinationFilter
internal import FieldEncryption
internal import Privacy

/// How a run seals the events of one destination; another takes its place when the workspace changes.
struct DestinationPlan: Sendable {
  /// How its fields are encrypted; nil when its encryption is off, or waits for its key to be confirmed.
  struct Encryption: Sendable {
    let key: RSAPublicKey
    let format: EncryptionFormat
  }

  let id: String
  /// What an event's `integrations` may call it: id, display name, product.
  let names: [String]
  /// In their order; nil when one is not well formed, so that nothing may be sent.
  let filters: [CompiledFilter]?
  let encryption: Encryption?
  /// Of its tokens; nil when it has none.
  let tokenKey: TokenKey?
  /// The longest string that the destination keeps whole.
  let maximumStringLength: Int
  /// What is done with the values of which folded keys; the others pass.
  let actions: [String: KeyAction]
  /// Bits of the calls it gets: bit number = `EventType.rawValue`.
  let servedTypes: UInt32
}

extension DestinationPlan {
  /// Of a destination whose document cannot be read: nothing is ever sealed by it.
  static func ofUnknown(_ id: String) -> DestinationPlan {
    DestinationPlan(
      id: id, names: [id], filters: nil, encryption: nil, tokenKey: nil,
      maximumStringLength: .max, actions: [:], servedTypes: .max)
  }
}
