package import Cryptography

/// A key that encrypts nothing yet: its challenge must be answered with the private key first.
///
/// So a private key that was not saved, or is not the right one, is found before any data depends on it.
package struct PendingKey: Codable, Sendable, Equatable {
  package let kid: String
  package let bits: Int
  package let publicKeyPEM: String
  package let origin: EncryptionKeyRecord.Origin
  /// RFC 3339.
  package let addedAt: String
  /// Base64 of an RSAES-OAEP ciphertext, in the form `oaep`: whatever opens a value opens it.
  package let challenge: String
  /// Of the answer's text: 256 random bits, so that the digest gives nothing away.
  let answerDigest: SHA256Digest

  /// What every answer begins with, so that nobody takes an event's value for a challenge.
  package static let answerPrefix = "sealpost-challenge-"

  /// Makes the challenge.
  ///
  /// Throws `CryptographyError.libraryFailed`.
  init(_ new: NewKey, addedAt: String) throws(CryptographyError) {
    kid = new.kid
    bits = new.key.bits
    publicKeyPEM = new.key.pem
    origin = new.origin
    self.addedAt = addedAt
    let random = SecureRandom.bytes(32)
    let answer = Array((Self.answerPrefix + (unsafe Base64URL.encode(random.span.bytes))).utf8)
    var ciphertext: [UInt8] = []
    var encryptor = try OAEPEncryptor(new.key)
    try unsafe encryptor.encrypt(answer.span.bytes, appendingTo: &ciphertext)
    challenge = unsafe Base64.encode(ciphertext.span.bytes)
    answerDigest = SHA256.hash(answer)
  }

  /// Whether this is the text that the challenge was made of; white space around it does not matter.
  package func isAnswered(by answer: borrowing SecretBytes) -> Bool {
    answer.withBytes { bytes in
      let digest = SHA256.hash(bytes.extracting(bytes.rangeWithoutSpaceAround))
      return unsafe constantTimeEqual(digest.bytes.span.bytes, answerDigest.bytes.span.bytes)
    }
  }

  /// What the private key makes of the challenge.
  ///
  /// Throws `CryptographyError.decryptionFailed` when it is not this key's.
  package func answer(with key: RSAPrivateKey) throws(CryptographyError) -> SecretBytes {
    var ciphertext: [UInt8] = []
    try unsafe Base64.decode(Array(challenge.utf8).span.bytes, appendingTo: &ciphertext)
    var decryptor = try OAEPDecryptor(key)
    var answer = SecretBytes(count: 0)
    try unsafe decryptor.withPlaintext(of: ciphertext.span.bytes) { plaintext in
      answer = SecretBytes(copying: plaintext)
    }
    return answer
  }
}

extension RawSpan {
  fileprivate var rangeWithoutSpaceAround: Range<Int> {
    var (start, end) = (0, byteCount)
    while start < end, Self.isSpace(byte(start)) { start += 1 }
    while start < end, Self.isSpace(byte(end - 1)) { end -= 1 }
    return start..<end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
