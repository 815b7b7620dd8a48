import COpenSSL

/// AES-256-GCM (SP 800-38D) with a 96-bit IV and a 128-bit tag on one reused context; one per thread.
///
/// The caller never repeats an IV under one key.
@safe package struct AES256GCM: ~Copyable {
  package static let keyLength = 32
  package static let ivLength = 12
  package static let tagLength = 16

  private let context: OpaquePointer

  package init() throws(CryptographyError) {
    unsafe context = try require(EVP_CIPHER_CTX_new(), or: .libraryFailed("EVP_CIPHER_CTX_new"))
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Sets the key of 32 bytes for what follows, both ways; OpenSSL wipes its copy with the context.
  package mutating func setKey(_ key: borrowing SecretBytes) throws(CryptographyError) {
    guard key.count == Self.keyLength else { throw .invalidParameter("AES-256 key length") }
    try key.withBytes { (key) throws(CryptographyError) in
      let done = unsafe key.withUnsafeBytes {
        unsafe EVP_CipherInit_ex2(
          context, Algorithms.aes256GCM, $0.assumingMemoryBound(to: UInt8.self).baseAddress, nil,
          1, nil)
      }
      try check(done, or: .libraryFailed("EVP_CipherInit_ex2"))
    }
  }

  /// Appends the ciphertext, as long as the plaintext, and the tag of 16 bytes.
  package mutating func seal(
    _ plaintext: RawSpan, iv: RawSpan, authenticating header: RawSpan,
    appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    try seal(plaintext, RawSpan(), iv: iv, authenticating: header, appendingTo: &out)
  }

  /// As the other, for a plaintext in two pieces that need not be copied together.
  package mutating func seal(
    _ first: RawSpan, _ second: RawSpan, iv: RawSpan, authenticating header: RawSpan,
    appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    let failure = CryptographyError.libraryFailed("EVP_CipherUpdate")
    let start = out.count
    do throws(CryptographyError) {
      try begin(sealing: true, iv, header, or: failure)
      try update(first, appendingTo: &out, or: failure)
      try update(second, appendingTo: &out, or: failure)
      try unsafe check(EVP_CipherFinal_ex(context, nil, &ignoredLength), or: failure)
      out.append(contentsOf: repeatElement(0, count: Self.tagLength))
      let done = unsafe out.withUnsafeMutableBytes { bytes in
        unsafe EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength),
          bytes.baseAddress! + (bytes.count - Self.tagLength))
      }
      try check(done, or: failure)
    } catch {
      out.removeSubrange(start...)
      throw error
    }
  }

  /// Appends the plaintext of a ciphertext with its tag behind it.
  ///
  /// Throws `decryptionFailed`, with nothing appended, when it is not authentic.
  package mutating func open(
    _ sealed: RawSpan, iv: RawSpan, authenticating header: RawSpan,
    appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    guard sealed.byteCount >= Self.tagLength else { throw .decryptionFailed }
    let start = out.count
    do throws(CryptographyError) {
      try begin(sealing: false, iv, header, or: .decryptionFailed)
      try update(
        sealed.extracting(droppingLast: Self.tagLength), appendingTo: &out, or: .decryptionFailed)
      // OpenSSL only reads the tag, through a pointer that is not const.
      let done = unsafe sealed.extracting(last: Self.tagLength).withUnsafeBytes { tag in
        unsafe EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count),
          UnsafeMutableRawPointer(mutating: tag.baseAddress))
      }
      try check(done, or: .decryptionFailed)
      try unsafe check(EVP_CipherFinal_ex(context, nil, &ignoredLength), or: .decryptionFailed)
    } catch {
      unsafe out.withUnsafeMutableBytes { bytes in
        let unauthentic = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        unsafe OPENSSL_cleanse(unauthentic.baseAddress, unauthentic.count)
      }
      out.removeSubrange(start...)
      throw error
    }
  }

  private var ignoredLength: Int32 = 0

  private mutating func begin(
    sealing: Bool, _ iv: RawSpan, _ header: RawSpan, or failure: CryptographyError
  ) throws(CryptographyError) {
    guard iv.byteCount == Self.ivLength, let length = Int32(exactly: header.byteCount) else {
      throw failure
    }
    let started = unsafe iv.withUnsafeBytes {
      unsafe EVP_CipherInit_ex2(
        context, nil, nil, $0.assumingMemoryBound(to: UInt8.self).baseAddress, sealing ? 1 : 0,
        nil)
    }
    try check(started, or: failure)
    guard length > 0 else { return }
    let done = unsafe header.withUnsafeBytes {
      unsafe EVP_CipherUpdate(
        context, nil, &ignoredLength, $0.assumingMemoryBound(to: UInt8.self).baseAddress, length)
    }
    try check(done, or: failure)
  }

  private mutating func update(
    _ input: RawSpan, appendingTo out: inout [UInt8], or failure: CryptographyError
  ) throws(CryptographyError) {
    guard let length = Int32(exactly: input.byteCount) else { throw failure }
    guard length > 0 else { return }
    let context = unsafe context
    try out.append(addingCapacity: input.byteCount) { output throws(CryptographyError) in
      let done = unsafe output.withUnsafeMutableBufferPointer { buffer, count in
        unsafe input.withUnsafeBytes {
          var written: Int32 = 0
          let done = unsafe EVP_CipherUpdate(
            context, buffer.baseAddress, &written,
            $0.assumingMemoryBound(to: UInt8.self).baseAddress, length)
          count = Int(written)
          return done
        }
      }
      try check(done, or: failure)
    }
  }
}
