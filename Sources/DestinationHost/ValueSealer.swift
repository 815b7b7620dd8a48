internal import Cryptography
internal import FieldEncryption
internal import Privacy

/// Encrypts and tokenises the values of events for one destination, and counts them; one per sealing thread.
struct ValueSealer: ~Copyable {
  private var encryption: FieldSealer?
  private var tokenizer: FieldTokenizer?
  var counts = ValueCounts()

  /// Makes the contexts that the plan asks for.
  init(_ plan: DestinationPlan) throws(CryptographyError) {
    if let encryption = plan.encryption {
      self.encryption = try FieldSealer(
        key: encryption.key, format: encryption.format,
        maximumStringLength: plan.maximumStringLength)
    }
    if let key = plan.tokenKey {
      tokenizer = try FieldTokenizer(key: key, maximumStringLength: plan.maximumStringLength)
    }
  }

  mutating func beginEvent() { encryption?.beginEvent() }

  /// A value that is to be sealed and cannot be must not pass in clear either.
  mutating func seal(
    _ value: RawSpan, _ action: KeyAction, _ out: inout [UInt8]
  ) throws(SealError) {
    switch action {
    case .encrypt:
      guard encryption != nil else { throw .noKey }
      counts.encrypted += 1
      try encryption!.seal(json: value, appendingTo: &out)
    case .tokenize:
      guard tokenizer != nil else { throw .noKey }
      counts.tokenized += 1
      try tokenizer!.tokenize(json: value, appendingTo: &out)
    case .pass, .remove: throw .failed
    }
  }
}
