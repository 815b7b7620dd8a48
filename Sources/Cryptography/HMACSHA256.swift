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

  /// In bytes.
  package static let codeLength = 32

  /// The 32 bytes that authenticate the message.
  package mutating func authenticate(_ message: RawSpan) -> [UInt8] {
    authenticate(message, followedBy: RawSpan())
  }

  /// The same for a message that lies in two places.
  package mutating func authenticate(_ message: RawSpan, followedBy rest: RawSpan) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: Self.codeLength) { buffer, count in
      unsafe write(message, rest, to: buffer)
      count = Self.codeLength
    }
  }

  /// Gives the 32 bytes to `body`, on the stack.
  package mutating func withCode<Result>(
    of message: RawSpan, _ body: (RawSpan) -> Result
  ) -> Result {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.codeLength) { buffer in
      unsafe write(message, RawSpan(), to: buffer)
      return unsafe body(RawSpan(_unsafeElements: UnsafeBufferPointer(buffer)))
    }
  }

  private mutating func write(
    _ message: RawSpan, _ rest: RawSpan, to buffer: UnsafeMutableBufferPointer<UInt8>
  ) {
    // Initialized again without a key, the context starts over with the one it has.
    let done = unsafe EVP_MAC_init(context, nil, 0, nil) == 1 && update(message) && update(rest)
    var count = 0
    guard done,
      unsafe EVP_MAC_final(context, buffer.baseAddress, &count, Self.codeLength) == 1,
      count == Self.codeLength
    else { fatalError("EVP_MAC failed") }
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
