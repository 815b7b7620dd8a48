package import Cryptography

/// A public key on its way into a destination's settings.
package struct NewKey: Sendable {
  package let key: RSAPublicKey
  package let origin: EncryptionKeyRecord.Origin
  /// Why it may be used at once; nil: it waits for its challenge (``PendingKey``).
  package let proof: EncryptionKeyRecord.Proof?

  package init(
    _ key: RSAPublicKey, _ origin: EncryptionKeyRecord.Origin, proof: EncryptionKeyRecord.Proof?
  ) {
    self.key = key
    self.origin = origin
    self.proof = proof
  }

  var kid: String { key.thumbprint }
}
