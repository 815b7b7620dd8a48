import COpenSSL

/// Signatures with Ed25519 (RFC 8032); deterministic, 64 bytes.
package enum Ed25519 {
  package static let signatureLength = 64
  package static let publicKeyLength = 32

  /// A context for one signature or check; both are far rarer than events.
  static func withContext(
    _ body: (OpaquePointer) -> Bool
  ) throws(CryptographyError) -> Bool {
    let context = try unsafe require(EVP_MD_CTX_new(), or: .libraryFailed("EVP_MD_CTX_new"))
    defer { unsafe EVP_MD_CTX_free(context) }
    return unsafe body(context)
  }
}

// MARK: - Verifying

extension Ed25519 {
  /// A public key; immutable, any thread.
  @safe package final class VerifyingKey: Sendable {
    // Protection: never changed after `init`; OpenSSL reads it from any thread.
    nonisolated(unsafe) private let key: OpaquePointer
    /// The 32 bytes of RFC 8032.
    package let rawBytes: [UInt8]

    /// Throws `notAVerifyingKey` unless there are 32 bytes.
    package convenience init(rawBytes: [UInt8]) throws(CryptographyError) {
      guard rawBytes.count == Ed25519.publicKeyLength else { throw .notAVerifyingKey }
      try unsafe self.init(
        taking: require(
          EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, rawBytes, rawBytes.count),
          or: .notAVerifyingKey))
    }

    /// Reads one PEM `PUBLIC KEY` (RFC 8410); throws `notAVerifyingKey`.
    package convenience init(pem: [UInt8]) throws(CryptographyError) {
      let text = unsafe pem.span.bytes
      guard text.byteCount <= SecretBytes.maximumFileSize, PEM.onlyLabel(in: text) == "PUBLIC KEY"
      else { throw .notAVerifyingKey }
      let key = try unsafe PEM.withReader(of: text) { (bio) throws(CryptographyError) in
        try unsafe require(PEM_read_bio_PUBKEY(bio, nil, nil, nil), or: .notAVerifyingKey)
      }
      try unsafe self.init(taking: key)
    }

    /// Takes the key over, also when it throws.
    init(taking key: OpaquePointer) throws(CryptographyError) {
      unsafe self.key = key
      var length = Ed25519.publicKeyLength
      var bytes = [UInt8](repeating: 0, count: length)
      guard unsafe EVP_PKEY_is_a(key, "ED25519") == 1,
        unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1, length == bytes.count
      else {
        unsafe EVP_PKEY_free(key)
        ERR_clear_error()
        throw .notAVerifyingKey
      }
      rawBytes = bytes
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The SubjectPublicKeyInfo in PEM.
    package func pem() throws(CryptographyError) -> String {
      let text = try unsafe PEM.written { (bio) throws(CryptographyError) in
        try unsafe check(PEM_write_bio_PUBKEY(bio, key), or: .libraryFailed("PEM_write_bio"))
      }
      return text.withBytes { bytes in
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
      }
    }

    /// Whether the signature is the key's for exactly this message.
    package func verifies(
      _ signature: RawSpan, of message: RawSpan
    ) throws(CryptographyError) -> Bool {
      guard signature.byteCount == Ed25519.signatureLength else { return false }
      return try unsafe Ed25519.withContext { context in
        defer { ERR_clear_error() }
        guard unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
          return false
        }
        return unsafe signature.withUnsafeBytes { signature in
          unsafe message.withUnsafeBytes { message in
            unsafe EVP_DigestVerify(
              context, signature.assumingMemoryBound(to: UInt8.self).baseAddress, signature.count,
              message.assumingMemoryBound(to: UInt8.self).baseAddress, message.count) == 1
          }
        }
      }
    }
  }
}
