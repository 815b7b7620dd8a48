import COpenSSL

/// Reads and writes private keys in PEM; wiped memory on both ways.
///
/// A passphrase protects by PBES2 (RFC 8018) with AES-256-CBC under scrypt (RFC 7914) of N = 2^14,
/// r = 8, p = 5: 16 MiB, one of the settings the OWASP Password Storage Cheat Sheet gives, and
/// within the 32 MiB up to which every OpenSSL opens it.
enum PrivateKeyPEM {
  static let scryptN: UInt64 = 1 << 14
  static let scryptR: UInt64 = 8
  static let scryptP: UInt64 = 5
  /// The longest passphrase that OpenSSL's reader takes (PEM_BUFSIZE).
  static let longestPassphrase = 1024

  // MARK: - Reading

  static func read(
    _ pem: borrowing SecretBytes, passphrase: borrowing SecretBytes?
  ) throws(CryptographyError) -> OpaquePointer {
    switch passphrase {
    case .none: return try unsafe read(pem, answering: nil)
    case .some(let passphrase):
      return try unsafe passphrase.withBytes { (bytes) throws(CryptographyError) in
        try unsafe bytes.withUnsafeBytes { (bytes) throws(CryptographyError) in
          try unsafe read(pem, answering: bytes)
        }
      }
    }
  }

  private static func read(
    _ pem: borrowing SecretBytes, answering passphrase: UnsafeRawBufferPointer?
  ) throws(CryptographyError) -> OpaquePointer {
    var question = unsafe PassphraseQuestion(answer: passphrase)
    let key = try unsafe pem.withBytes { (text) throws(CryptographyError) -> OpaquePointer? in
      guard PEM.onlyLabel(in: text)?.hasSuffix("PRIVATE KEY") == true else {
        throw .notAPrivateKey
      }
      return try unsafe PEM.withReader(of: text) { (bio) throws(CryptographyError) in
        unsafe PEM_read_bio_PrivateKey(bio, nil, answerPassphrase, &question)
      }
    }
    guard unsafe question.asked else { return try unsafe require(key, or: .notAPrivateKey) }
    return try unsafe require(key, or: passphrase == nil ? .passphraseNeeded : .passphraseWrong)
  }

  // MARK: - Writing

  static func write(
    _ key: OpaquePointer, passphrase: borrowing SecretBytes?
  ) throws(CryptographyError) -> SecretBytes {
    switch passphrase {
    case .none: return try unsafe write(key)
    case .some(let passphrase):
      return try passphrase.withBytes { (bytes) throws(CryptographyError) in
        try unsafe bytes.withUnsafeBytes { (bytes) throws(CryptographyError) in
          try unsafe write(key, protectedBy: bytes)
        }
      }
    }
  }

  private static func write(_ key: OpaquePointer) throws(CryptographyError) -> SecretBytes {
    let info = try unsafe information(of: key)
    defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
    return try unsafe PEM.written { (bio) throws(CryptographyError) in
      try unsafe check(
        PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info), or: .libraryFailed("PEM_write_bio_PKCS8"))
    }
  }

  private static func write(
    _ key: OpaquePointer, protectedBy passphrase: UnsafeRawBufferPointer
  ) throws(CryptographyError) -> SecretBytes {
    guard (1...longestPassphrase).contains(passphrase.count) else { throw .passphraseEmpty }
    let info = try unsafe information(of: key)
    defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
    let sealed = try unsafe sealed(info, passphrase)
    defer { unsafe X509_SIG_free(sealed) }
    return try unsafe PEM.written { (bio) throws(CryptographyError) in
      try unsafe check(PEM_write_bio_PKCS8(bio, sealed), or: .libraryFailed("PEM_write_bio_PKCS8"))
    }
  }

  private static func information(of key: OpaquePointer) throws(CryptographyError) -> OpaquePointer
  {
    try unsafe require(EVP_PKEY2PKCS8(key), or: .libraryFailed("EVP_PKEY2PKCS8"))
  }

  private static func sealed(
    _ info: OpaquePointer, _ passphrase: UnsafeRawBufferPointer
  ) throws(CryptographyError) -> OpaquePointer {
    var salt = SecureRandom.bytes(16)
    let scheme = unsafe PKCS5_pbe2_set_scrypt(
      EVP_aes_256_cbc(), &salt, Int32(salt.count), nil, scryptN, scryptR, scryptP)
    guard let scheme = unsafe scheme else {
      ERR_clear_error()
      throw .libraryFailed("PKCS5_pbe2_set_scrypt")
    }
    let text = unsafe passphrase.assumingMemoryBound(to: CChar.self)
    guard
      let sealed = unsafe PKCS8_set0_pbe(text.baseAddress, Int32(text.count), info, scheme)
    else {
      unsafe X509_ALGOR_free(scheme)
      ERR_clear_error()
      throw .libraryFailed("PKCS8_set0_pbe")
    }
    return unsafe sealed
  }
}

/// What the reader wanted to know, and what it is told.
@unsafe private struct PassphraseQuestion {
  let answer: UnsafeRawBufferPointer?
  var asked = false

  init(answer: UnsafeRawBufferPointer?) { unsafe self.answer = answer }
}

/// OpenSSL's `pem_password_cb`; -1 says that there is none, so nobody is ever prompted.
private func answerPassphrase(
  buffer: UnsafeMutablePointer<CChar>?, size: Int32, writing: Int32,
  context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let buffer = unsafe buffer, let context = unsafe context else { return -1 }
  let question = unsafe context.assumingMemoryBound(to: PassphraseQuestion.self)
  unsafe question.pointee.asked = true
  guard let answer = unsafe question.pointee.answer, answer.count <= Int(size) else { return -1 }
  guard let start = answer.baseAddress else { return 0 }
  unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: start, byteCount: answer.count)
  return Int32(answer.count)
}
