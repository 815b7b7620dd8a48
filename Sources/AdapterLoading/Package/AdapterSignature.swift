package import Cryptography

/// The signature over the exact bytes of `adapter.json`: the file `adapter.json.sig` beside it.
package struct AdapterSignature: Sendable, Equatable {
  package static let fileName = "adapter.json.sig"
  /// Most bytes of the file.
  static let longest = DetachedSignature.longest
  private static let purpose = DetachedSignature.Purpose(
    head: "sealpost adapter signature 1", domain: "sealpost adapter manifest 1")

  private let signature: DetachedSignature

  /// See ``AdapterKey/id(of:)``.
  package var keyID: String { signature.keyID }

  /// Signs a manifest; deterministic.
  package init(
    of manifest: [UInt8], by key: Ed25519.SigningKey
  ) throws(CryptographyError) {
    signature = try DetachedSignature(of: manifest, by: key, for: Self.purpose)
  }

  /// Nil unless the file is exactly as ``text`` writes it.
  package init?(text: [UInt8]) {
    guard let signature = DetachedSignature(text: text, for: Self.purpose) else { return nil }
    self.signature = signature
  }

  /// The file's text.
  package var text: String { signature.text }

  /// Whether this key made it, over exactly these bytes.
  package func isMade(
    by key: Ed25519.VerifyingKey, over manifest: [UInt8]
  ) throws(CryptographyError) -> Bool {
    try signature.isMade(by: key, over: manifest)
  }
}

/// A public key that signs adapters, as a workspace trusts it.
package struct AdapterKey: Sendable {
  package let id: String
  /// The owner's name for it.
  package let name: String
  package let key: Ed25519.VerifyingKey

  package init(name: String, key: Ed25519.VerifyingKey) {
    id = AdapterKey.id(of: key)
    self.name = name
    self.key = key
  }

  /// The SHA-256 of the 32 bytes of the public key, 64 hexadecimal digits.
  package static func id(of key: Ed25519.VerifyingKey) -> String { key.id }

  static func isID(_ text: some StringProtocol) -> Bool { SHA256Digest(hex: String(text)) != nil }
}
