/// An Ed25519 signature over the exact bytes of a file, in a small text file beside it.
///
/// Three lines: what it is, the key's id, and 64 bytes in base64. What is signed begins with a line of its own for each
/// purpose, so that no signature made for something else passes (RFC 8032; domain separation as in RFC 8446 section 4.4.3).
package struct DetachedSignature: Sendable, Equatable {
  /// What is signed.
  package struct Purpose: Sendable, Equatable {
    /// The first line of the signature's file.
    let head: String
    /// The first line of what is signed.
    let domain: String

    package init(head: String, domain: String) {
      self.head = head
      self.domain = domain
    }

    fileprivate func message(_ bytes: [UInt8]) -> [UInt8] { Array("\(domain)\n".utf8) + bytes }
  }

  /// Most bytes of the file.
  package static let longest = 256

  /// See ``Ed25519/VerifyingKey/id``.
  package let keyID: String
  private let purpose: Purpose
  private let bytes: [UInt8]

  /// Signs a file's bytes; deterministic.
  package init(
    of file: [UInt8], by key: Ed25519.SigningKey, for purpose: Purpose
  ) throws(CryptographyError) {
    keyID = key.verifyingKey.id
    self.purpose = purpose
    bytes = try unsafe key.signature(of: purpose.message(file).span.bytes)
  }

  /// Nil unless the file is exactly as ``text`` writes it for this purpose.
  package init?(text: [UInt8], for purpose: Purpose) {
    guard text.count <= Self.longest, let text = String(validating: text, as: UTF8.self) else {
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var signature: [UInt8] = []
    guard lines.count == 4, lines[0] == purpose.head, lines[3].isEmpty,
      SHA256Digest(hex: String(lines[1])) != nil,
      (try? unsafe Base64.decode(Array(lines[2].utf8).span.bytes, appendingTo: &signature)) != nil,
      signature.count == Ed25519.signatureLength
    else { return nil }
    keyID = String(lines[1])
    self.purpose = purpose
    bytes = signature
  }

  /// The file's text.
  package var text: String {
    "\(purpose.head)\n\(keyID)\n\(unsafe Base64.encode(bytes.span.bytes))\n"
  }

  /// Whether this key made it, over exactly these bytes.
  package func isMade(
    by key: Ed25519.VerifyingKey, over file: [UInt8]
  ) throws(CryptographyError) -> Bool {
    try unsafe key.verifies(bytes.span.bytes, of: purpose.message(file).span.bytes)
  }
}

extension Ed25519.VerifyingKey {
  /// The SHA-256 of the 32 bytes, 64 hexadecimal digits.
  package var id: String { SHA256.hash(rawBytes).hex }
}
