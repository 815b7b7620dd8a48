import COpenSSL

extension Ed25519 {
  /// A private key; immutable, any thread; its bytes live in OpenSSL, which wipes them.
  @safe package final class SigningKey: Sendable {
    // Protection: never changed after `init`; OpenSSL reads it from any thread.
    nonisolated(unsafe) private let key: OpaquePointer
    package let verifyingKey: VerifyingKey

    /// Makes a new key.
    package static func generate() throws(CryptographyError) -> SigningKey {
      var seed = SecretBytes(count: 32)
      var random = RandomPool()
      random.fill(&seed)
      return try SigningKey(seed: seed)
    }

    /// The key of 32 random bytes (RFC 8032 section 5.1.5); throws `notASigningKey`.
    package convenience init(seed: borrowing SecretBytes) throws(CryptographyError) {
      let key = unsafe seed.withBytes { seed in
        unsafe seed.withUnsafeBytes {
          unsafe EVP_PKEY_new_raw_private_key_ex(
            nil, "ED25519", nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, $0.count)
        }
      }
      try unsafe self.init(taking: require(key, or: .notASigningKey))
    }

    /// Reads one private key in PEM (RFC 8410); never prompts.
    ///
    /// Throws `notASigningKey`, `passphraseNeeded` or `passphraseWrong`.
    package convenience init(
      pem: borrowing SecretBytes, passphrase: borrowing SecretBytes?
    ) throws(CryptographyError) {
      let key: OpaquePointer
      do throws(CryptographyError) {
        unsafe key = try PrivateKeyPEM.read(pem, passphrase: passphrase)
      } catch .notAPrivateKey {
        throw .notASigningKey
      }
      try unsafe self.init(taking: key)
    }

    /// Takes the key over, also when it throws.
    private init(taking key: OpaquePointer) throws(CryptographyError) {
      unsafe self.key = key
      do throws(CryptographyError) {
        verifyingKey = try unsafe Self.publicHalf(of: key)
      } catch {
        unsafe EVP_PKEY_free(key)
        throw error
      }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The signature of the message, 64 bytes, always the same for the same message.
    package func signature(of message: RawSpan) throws(CryptographyError) -> [UInt8] {
      var signature = [UInt8](repeating: 0, count: Ed25519.signatureLength)
      let done = try unsafe Ed25519.withContext { context in
        guard unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, key, nil) == 1 else {
          return false
        }
        var length = signature.count
        return unsafe message.withUnsafeBytes { message in
          unsafe EVP_DigestSign(
            context, &signature, &length,
            message.assumingMemoryBound(to: UInt8.self).baseAddress, message.count) == 1
        }
      }
      try check(done ? 1 : 0, or: .libraryFailed("EVP_DigestSign"))
      return signature
    }

    /// The PKCS#8 PEM, protected as ``RSAPrivateKey/pem(passphrase:)`` does when there is a passphrase.
    package func pem(
      passphrase: borrowing SecretBytes?
    ) throws(CryptographyError) -> SecretBytes {
      try unsafe PrivateKeyPEM.write(key, passphrase: passphrase)
    }

    /// As ``RSAPrivateKey/writePEM(toNewFile:passphrase:)``.
    package func writePEM(
      toNewFile path: String, passphrase: borrowing SecretBytes?
    ) throws(CryptographyError) {
      let text = try pem(passphrase: passphrase)
      try SecretFile.write(text, toNewFile: path)
    }

    private static func publicHalf(of key: OpaquePointer) throws(CryptographyError) -> VerifyingKey
    {
      var length = Ed25519.publicKeyLength
      var bytes = [UInt8](repeating: 0, count: length)
      guard unsafe EVP_PKEY_is_a(key, "ED25519") == 1,
        unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1
      else { throw .notASigningKey }
      return try VerifyingKey(rawBytes: bytes)
    }
  }
}
