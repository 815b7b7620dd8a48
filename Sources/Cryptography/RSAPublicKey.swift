import COpenSSL

/// An RSA public key of 2048, 3072 or 4096 bits with e = 65537; immutable, any thread.
@safe package final class RSAPublicKey: Sendable {
  // Protection: never changed after `init`; each user works on its own duplicate.
  nonisolated(unsafe) private let key: OpaquePointer
  package let bits: Int
  /// SubjectPublicKeyInfo (RFC 5280) in PEM, as OpenSSL writes it, with its last line feed.
  package let pem: String
  /// RFC 7638 with SHA-256, base64url: 43 characters.
  package let thumbprint: String

  /// Reads one PEM `PUBLIC KEY` (SubjectPublicKeyInfo) and checks the key.
  ///
  /// Throws `notAPublicKey`, `privateKeyInsteadOfPublic`, `unsupportedKeySize`,
  /// `unsupportedExponent` or `keyCheckFailed`.
  package convenience init(pem: [UInt8]) throws(CryptographyError) {
    let text = unsafe pem.span.bytes
    guard text.byteCount <= SecretBytes.maximumFileSize else { throw .notAPublicKey }
    let label = PEM.onlyLabel(in: text)
    guard label?.hasSuffix("PRIVATE KEY") != true else { throw .privateKeyInsteadOfPublic }
    guard label == "PUBLIC KEY" else { throw .notAPublicKey }
    let key = try unsafe PEM.withReader(of: text) { (bio) throws(CryptographyError) in
      try unsafe require(PEM_read_bio_PUBKEY(bio, nil, nil, nil), or: .notAPublicKey)
    }
    try unsafe self.init(taking: key)
  }

  /// Takes the key over, also when it throws.
  init(taking key: OpaquePointer) throws(CryptographyError) {
    unsafe self.key = key
    do throws(CryptographyError) {
      try unsafe RSAKeyRules.check(key, or: .notAPublicKey)
      try unsafe RSAKeyRules.checkPublicNumbers(of: key)
      bits = unsafe Int(EVP_PKEY_get_bits(key))
      pem = try unsafe Self.pem(of: key)
      thumbprint = try unsafe Self.thumbprint(of: key)
    } catch {
      unsafe EVP_PKEY_free(key)
      throw error
    }
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// The length of every ciphertext in bytes.
  package var ciphertextLength: Int { bits / 8 }

  /// The longest plaintext in bytes with OAEP and SHA-256: RFC 8017 section 7.1.1.
  package var maximumPlaintext: Int { bits / 8 - 2 * 32 - 2 }

  /// A key of the caller's own, so that threads share neither its lock nor its count.
  func duplicate() throws(CryptographyError) -> OpaquePointer {
    try unsafe require(EVP_PKEY_dup(key), or: .libraryFailed("EVP_PKEY_dup"))
  }

  private static func pem(of key: OpaquePointer) throws(CryptographyError) -> String {
    let text = try unsafe PEM.written { (bio) throws(CryptographyError) in
      try unsafe check(PEM_write_bio_PUBKEY(bio, key), or: .libraryFailed("PEM_write_bio_PUBKEY"))
    }
    return text.withBytes {
      unsafe $0.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  private static func thumbprint(of key: OpaquePointer) throws(CryptographyError) -> String {
    let modulus = try unsafe RSAKeyRules.number("n", of: key)
    let members = unsafe #"{"e":"AQAB","kty":"RSA","n":""# + Base64URL.encode(modulus.span.bytes)
    let digest = SHA256.hash(Array((members + #""}"#).utf8))
    return unsafe Base64URL.encode(digest.bytes.span.bytes)
  }
}
