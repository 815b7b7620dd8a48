package import Cryptography

/// An Ed25519 signature over the exact bytes of `adapter.json`: the file `adapter.json.sig` beside it.
///
/// Three lines: what it is, the key's id, and 64 bytes in base64. What is signed begins with a line of its own, so that
/// no signature made for something else passes here (RFC 8032; domain separation as in RFC 8446 section 4.4.3).
package struct AdapterSignature: Sendable, Equatable {
  package static let fileName = "adapter.json.sig"
  /// Most bytes of the file.
  static let longest = 256
  private static let head = "sealpost adapter signature 1"
  private static let domain = Array("sealpost adapter manifest 1\n".utf8)

  /// See ``AdapterKey/id(of:)``.
  package let keyID: String
  private let bytes: [UInt8]

  /// Signs a manifest; deterministic.
  package init(
    of manifest: [UInt8], by key: Ed25519.SigningKey
  ) throws(CryptographyError) {
    keyID = AdapterKey.id(of: key.verifyingKey)
    bytes = try unsafe key.signature(of: (Self.domain + manifest).span.bytes)
  }

  /// Nil unless the file is exactly as ``text`` writes it.
  package init?(text: [UInt8]) {
    guard text.count <= Self.longest, let text = String(validating: text, as: UTF8.self) else {
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var signature: [UInt8] = []
    guard lines.count == 4, lines[0] == Self.head, lines[3].isEmpty, AdapterKey.isID(lines[1]),
      (try? unsafe Base64.decode(Array(lines[2].utf8).span.bytes, appendingTo: &signature)) != nil,
      signature.count == Ed25519.signatureLength
    else { return nil }
    keyID = String(lines[1])
    bytes = signature
  }

  /// The file's text.
  package var text: String {
    "\(Self.head)\n\(keyID)\n\(unsafe Base64.encode(bytes.span.bytes))\n"
  }

  /// Whether this key made it, over exactly these bytes.
  package func isMade(
    by key: Ed25519.VerifyingKey, over manifest: [UInt8]
  ) throws(CryptographyError) -> Bool {
    try unsafe key.verifies(bytes.span.bytes, of: (Self.domain + manifest).span.bytes)
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
  package static func id(of key: Ed25519.VerifyingKey) -> String { SHA256.hash(key.rawBytes).hex }

  static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy("0123456789abcdef".utf8.contains)
  }
}
