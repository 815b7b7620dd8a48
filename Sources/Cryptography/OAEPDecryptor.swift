import COpenSSL

/// The inverse of ``OAEPEncryptor``, on one reused context; one per thread.
@safe package struct OAEPDecryptor: ~Copyable {
  private let context: OpaquePointer
  package let ciphertextLength: Int

  package init(_ key: RSAPrivateKey) throws(CryptographyError) {
    try self.init(key, label: [])
  }

  /// With a label, for published vectors only: this product never uses one.
  init(_ key: RSAPrivateKey, label: [UInt8]) throws(CryptographyError) {
    ciphertextLength = key.publicKey.ciphertextLength
    let own = try unsafe key.duplicate()
    defer { unsafe EVP_PKEY_free(own) }
    unsafe context = try OAEPContext.make(own, label: label) { unsafe EVP_PKEY_decrypt_init($0) }
  }

  deinit { unsafe EVP_PKEY_CTX_free(context) }

  /// The plaintext; every failure, also of the length, is `decryptionFailed`.
  package mutating func decrypt(_ ciphertext: RawSpan) throws(CryptographyError) -> [UInt8] {
    var plaintext: [UInt8] = []
    try withPlaintext(of: ciphertext) { (bytes) in
      unsafe bytes.withUnsafeBytes { unsafe plaintext.append(contentsOf: $0) }
    }
    return plaintext
  }

  /// Gives the plaintext to `body`, on the stack, and wipes it; throws as ``decrypt(_:)``.
  package mutating func withPlaintext(
    of ciphertext: RawSpan, _ body: (RawSpan) -> Void
  ) throws(CryptographyError) {
    guard ciphertext.byteCount == ciphertextLength else { throw .decryptionFailed }
    let done = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
      defer { unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count) }
      var length = buffer.count
      let result = unsafe ciphertext.withUnsafeBytes { input in
        let bytes = unsafe input.assumingMemoryBound(to: UInt8.self)
        return unsafe EVP_PKEY_decrypt(
          context, buffer.baseAddress, &length, bytes.baseAddress, bytes.count)
      }
      guard result == 1, length <= buffer.count else { return false }
      unsafe body(RawSpan(_unsafeElements: UnsafeBufferPointer(buffer.extracting(0..<length))))
      return true
    }
    try check(done ? 1 : 0, or: .decryptionFailed)
  }
}
