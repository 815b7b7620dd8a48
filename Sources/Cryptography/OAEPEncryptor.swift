import COpenSSL

/// RSAES-OAEP with SHA-256, MGF1 with SHA-256 and no label, on one reused context.
///
/// One per thread: it owns a duplicate of the key, so nothing is shared between two of them.
@safe package struct OAEPEncryptor: ~Copyable {
  private let context: OpaquePointer
  package let maximumPlaintext: Int
  package let ciphertextLength: Int

  package init(_ key: RSAPublicKey) throws(CryptographyError) {
    maximumPlaintext = key.maximumPlaintext
    ciphertextLength = key.ciphertextLength
    let own = try unsafe key.duplicate()
    defer { unsafe EVP_PKEY_free(own) }
    unsafe context = try OAEPContext.make(own) { unsafe EVP_PKEY_encrypt_init($0) }
  }

  deinit { unsafe EVP_PKEY_CTX_free(context) }

  /// Appends the ciphertext, ``ciphertextLength`` bytes.
  ///
  /// Throws `plaintextTooLong` beyond ``maximumPlaintext`` bytes.
  package mutating func encrypt(
    _ plaintext: RawSpan, appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    try withCiphertext(of: plaintext) { (ciphertext) in
      unsafe ciphertext.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
    }
  }

  /// Gives the ciphertext to `body`, on the stack; throws as ``encrypt(_:appendingTo:)``.
  package mutating func withCiphertext(
    of plaintext: RawSpan, _ body: (RawSpan) -> Void
  ) throws(CryptographyError) {
    guard plaintext.byteCount <= maximumPlaintext else {
      throw .plaintextTooLong(length: plaintext.byteCount, maximum: maximumPlaintext)
    }
    let done = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
      var length = buffer.count
      let result = unsafe plaintext.withUnsafeBytes { input in
        // An empty plaintext has no address; OpenSSL wants one.
        let bytes = unsafe input.assumingMemoryBound(to: UInt8.self)
        let start = unsafe bytes.baseAddress ?? UnsafePointer(buffer.baseAddress!)
        return unsafe EVP_PKEY_encrypt(
          context, buffer.baseAddress, &length, start, bytes.count)
      }
      guard result == 1, length == ciphertextLength else { return false }
      unsafe body(RawSpan(_unsafeElements: UnsafeBufferPointer(buffer.extracting(0..<length))))
      return true
    }
    try check(done ? 1 : 0, or: .libraryFailed("EVP_PKEY_encrypt"))
  }
}
