import COpenSSL

/// What OpenSSL alone does on one thread: one context, one buffer, one value over and over.
///
/// For measurement only; ``OAEPEncryptor`` and `Decryption` are held against it within the same run.
package enum EncryptionYardstick {
  /// Encrypts the plaintext that many times and keeps nothing; throws `libraryFailed`.
  package static func encrypt(
    _ plaintext: [UInt8], times: Int, to key: RSAPublicKey
  ) throws(CryptographyError) {
    let own = try unsafe key.duplicate()
    defer { unsafe EVP_PKEY_free(own) }
    let context = try unsafe OAEPContext.make(own) { unsafe EVP_PKEY_encrypt_init($0) }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var buffer = [UInt8](repeating: 0, count: key.ciphertextLength)
    for _ in 0..<times {
      var length = buffer.count
      try unsafe check(
        EVP_PKEY_encrypt(context, &buffer, &length, plaintext, plaintext.count),
        or: .libraryFailed("EVP_PKEY_encrypt"))
    }
  }

  /// Decrypts the ciphertext that many times and keeps nothing; throws `libraryFailed`.
  package static func decrypt(
    _ ciphertext: [UInt8], times: Int, with key: RSAPrivateKey
  ) throws(CryptographyError) {
    let own = try unsafe key.duplicate()
    defer { unsafe EVP_PKEY_free(own) }
    let context = try unsafe OAEPContext.make(own) { unsafe EVP_PKEY_decrypt_init($0) }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    var buffer = [UInt8](repeating: 0, count: key.publicKey.ciphertextLength)
    for _ in 0..<times {
      var length = buffer.count
      try unsafe check(
        EVP_PKEY_decrypt(context, &buffer, &length, ciphertext, ciphertext.count),
        or: .libraryFailed("EVP_PKEY_decrypt"))
    }
  }
}
