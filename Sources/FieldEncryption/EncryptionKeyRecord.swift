package import Cryptography

/// A public key of a destination and the time it was in force; the private key is never here.
package struct EncryptionKeyRecord: Codable, Sendable, Equatable {
  /// How the key came to the host.
  package enum Origin: String, Codable, Sendable {
    /// The host made it and gave the private key away once.
    case generated
    /// The owner brought the public key; the host never saw the private one.
    case imported
  }

  /// Why it was believed, when it became active, that its private key opens what is sealed.
  package enum Proof: String, Codable, Sendable {
    /// Its challenge was answered.
    case answered
    /// The file that the host wrote was read back, and opened what was sealed to the key.
    case readBack = "read_back"
    /// The operator did without (`--no-challenge`).
    case skipped
  }

  /// The RFC 7638 thumbprint, as in the `kid` of every JWE made with it.
  package var kid: String
  package var bits: Int
  package var publicKeyPEM: String
  /// RFC 3339.
  package var activatedAt: String
  /// RFC 3339; nil while the key is active.
  package var retiredAt: String?
  package var origin: Origin
  /// Nil for a key that became active before challenges were.
  package var proof: Proof?

  package init(
    key: RSAPublicKey, activatedAt: String, origin: Origin, proof: Proof? = nil
  ) {
    kid = key.thumbprint
    bits = key.bits
    publicKeyPEM = key.pem
    self.activatedAt = activatedAt
    self.origin = origin
    self.proof = proof
  }

  init(answered pending: PendingKey, activatedAt: String) {
    kid = pending.kid
    bits = pending.bits
    publicKeyPEM = pending.publicKeyPEM
    self.activatedAt = activatedAt
    origin = pending.origin
    proof = .answered
  }

  /// The key itself, checked again.
  ///
  /// Throws as `RSAPublicKey.init(pem:)`, and `keyCheckFailed` when the record's thumbprint or size
  /// is not the key's: then somebody changed the document.
  package func publicKey() throws(CryptographyError) -> RSAPublicKey {
    let key = try RSAPublicKey(pem: Array(publicKeyPEM.utf8))
    guard key.thumbprint == kid, key.bits == bits else { throw .keyCheckFailed }
    return key
  }
}
