internal import AdapterLoading
internal import Cryptography
internal import FieldEncryption
internal import Privacy

/// What a run does for one destination; fixed when the run starts.
struct DestinationPlan: Sendable {
  /// How its fields are encrypted; nil when its encryption is off.
  struct Encryption: Sendable {
    let key: RSAPublicKey
    let format: EncryptionFormat
    /// The longest string that the destination keeps whole.
    let maximumStringLength: Int
  }

  let id: String
  let encryption: Encryption?
  /// What is done with the values of which folded keys; the others pass.
  let actions: [String: KeyAction]
  /// Bits of the calls it gets: bit number = `EventType.rawValue`.
  let servedTypes: UInt32
  /// 0 is no limit, as in the next.
  let maximumBatchEvents: Int
  let maximumBatchBytes: Int
}
