import COpenSSL

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1) under one key on one reused context; one per thread.
///
/// A failure of the code itself can only be exhausted memory: the process ends.
@safe package struct HMACSHA256: ~Copyable {
  private let context: OpaquePointer

  /// Throws `libraryFailed`; a key of any length is taken, also an empty one.
  package init(key: borrowing SecretBytes) throws(CryptographyError) {
    unsafe context = try Self.context(for: key)
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  /// The 32 bytes that authenticate the message.
  package mutating func authenticate(_ message: RawSpan) -> [UInt8] {
    authenticate(message, followedBy: RawSpan())
  }

  /// The same for a message that lies in two places.
  package mutating func authenticate(_ message: RawSpan, followedBy rest: RawSpan) -> [UInt8] {
    // Initialized again without a key, the context starts over with the one it has.
    let done = unsafe EVP_MAC_init(context, nil, 0, nil) == 1 && update(message) && update(rest)
    return unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      guard done, unsafe EVP_MAC_final(context, buffer.baseAddress, &count, 32) == 1, count == 32
      else { fatalError("EVP_MAC failed") }
    }
  }

  private mutating func update(_ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      let start = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      return unsafe EVP_MAC_update(context, start, bytes.count) == 1
    }
  }

  private static func context(
    for key: borrowing SecretBytes
  ) throws(CryptographyError) -> OpaquePointer {
    let context = try unsafe require(
      EVP_MAC_CTX_new(Algorithms.hmac), or: .libraryFailed("EVP_MAC_CTX_new"))
    let done = key.withBytes {
      unsafe $0.withUnsafeBytes { bytes in
        // An empty key has no address; OpenSSL takes none as "keep the key".
        var none: UInt8 = 0
        let start = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        return unsafe start.map { unsafe COpenSSL_initHMACSHA256(context, $0, bytes.count) }
          ?? COpenSSL_initHMACSHA256(context, &none, 0)
      }
    }
    guard done == 1 else {
      unsafe EVP_MAC_CTX_free(context)
      ERR_clear_error()
      throw .libraryFailed("EVP_MAC_init")
    }
    return unsafe context
  }
}
