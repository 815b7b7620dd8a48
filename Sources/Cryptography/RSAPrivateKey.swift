import COpenSSL

/// An RSA private key of 2048, 3072 or 4096 bits with e = 65537; immutable, any thread.
///
/// Its numbers live in OpenSSL, which wipes them when the key goes; they are never in a String,
/// Data or Array.
@safe package final class RSAPrivateKey: Sendable {
  // Protection: never changed after `init`; each user works on its own duplicate.
  nonisolated(unsafe) private let key: OpaquePointer
  package let publicKey: RSAPublicKey

  /// Reads one RSA private key in PEM; PKCS#8, with or without a passphrase, or PKCS#1.
  ///
  /// Never prompts. Throws `notAPrivateKey`, `passphraseNeeded`, `passphraseWrong`,
  /// `unsupportedKeySize`, `unsupportedExponent` or `keyCheckFailed`.
  package convenience init(
    pem: borrowing SecretBytes, passphrase: borrowing SecretBytes?
  ) throws(CryptographyError) {
    let key = try unsafe PrivateKeyPEM.read(pem, passphrase: passphrase)
    try unsafe self.init(taking: key)
  }

  /// Makes a new key of 2048, 3072 or 4096 bits; takes from a tenth of a second to several.
  package static func generate(bits: Int) throws(CryptographyError) -> RSAPrivateKey {
    guard RSAKeyRules.sizes.contains(bits) else { throw .unsupportedKeySize(bits: bits) }
    let context = try unsafe require(
      EVP_PKEY_CTX_new_from_name(nil, "RSA", nil), or: .libraryFailed("EVP_PKEY_CTX_new"))
    defer { unsafe EVP_PKEY_CTX_free(context) }
    let failure = CryptographyError.libraryFailed("EVP_PKEY_generate")
    try unsafe check(EVP_PKEY_keygen_init(context), or: failure)
    try unsafe check(EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)), or: failure)
    var key: OpaquePointer?
    try unsafe check(EVP_PKEY_generate(context, &key), or: failure)
    return try unsafe RSAPrivateKey(taking: require(key, or: failure))
  }

  /// Takes the key over, also when it throws.
  private init(taking key: OpaquePointer) throws(CryptographyError) {
    unsafe self.key = key
    do throws(CryptographyError) {
      try unsafe RSAKeyRules.check(key, or: .notAPrivateKey)
      publicKey = try unsafe Self.publicHalf(of: key)
    } catch {
      unsafe EVP_PKEY_free(key)
      throw error
    }
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// A key of the caller's own, so that threads share neither its lock nor its count.
  func duplicate() throws(CryptographyError) -> OpaquePointer {
    try unsafe require(EVP_PKEY_dup(key), or: .libraryFailed("EVP_PKEY_dup"))
  }

  private static func publicHalf(of key: OpaquePointer) throws(CryptographyError) -> RSAPublicKey {
    let pem = try unsafe PEM.written { (bio) throws(CryptographyError) in
      try unsafe check(PEM_write_bio_PUBKEY(bio, key), or: .libraryFailed("PEM_write_bio_PUBKEY"))
    }
    return try pem.withBytes { (bytes) throws(CryptographyError) in
      try RSAPublicKey(pem: unsafe bytes.withUnsafeBytes { unsafe Array($0) })
    }
  }
}

// MARK: - Writing

extension RSAPrivateKey {
  /// The PKCS#8 PEM of the key (RFC 5208, RFC 7468), to be shown once or written.
  ///
  /// With a passphrase of 1 to 1024 bytes: PBES2 with AES-256-CBC and scrypt, see ``PrivateKeyPEM``.
  package func pem(
    passphrase: borrowing SecretBytes?
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe PrivateKeyPEM.write(key, passphrase: passphrase)
  }

  /// Writes the PKCS#8 PEM to a file that must not exist yet, mode 0600, and to the disk.
  ///
  /// Throws `fileExists`, `fileFailed` or `passphraseEmpty`; a file that could not be finished is
  /// removed. Blocks.
  package func writePEM(
    toNewFile path: String, passphrase: borrowing SecretBytes?
  ) throws(CryptographyError) {
    let text = try pem(passphrase: passphrase)
    try SecretFile.write(text, toNewFile: path)
  }
}
