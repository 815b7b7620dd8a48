import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that are all at hand.
package enum SHA256 {
  package static func hash(_ bytes: RawSpan) -> SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }

  package static func hash(_ bytes: [UInt8]) -> SHA256Digest { unsafe hash(bytes.span.bytes) }
}

/// SHA-256 over bytes that come piece by piece; owned by one thread at a time.
///
/// A failure of the digest itself can only be exhausted memory: the process ends.
@safe package struct SHA256Hasher: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("no memory for a digest") }
    unsafe self.context = context
    start()
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: RawSpan) {
    let done = unsafe bytes.withUnsafeBytes {
      unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
    }
    guard done == 1 else { fatalError("EVP_DigestUpdate failed") }
  }

  /// The digest of everything so far, after which the hasher starts again from nothing.
  package mutating func finalizeAndReset() -> SHA256Digest {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      guard unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil) == 1 else {
        fatalError("EVP_DigestFinal_ex failed")
      }
      count = 32
    }
    start()
    guard let digest = SHA256Digest(bytes: bytes) else { fatalError("a digest of another length") }
    return digest
  }

  /// As ``finalizeAndReset()``, into 32 bytes of an array from `offset` on: makes no object.
  package mutating func finalizeAndReset(into bytes: inout [UInt8], at offset: Int) {
    precondition(offset >= 0 && bytes.count - offset >= 32, "room for a digest")
    let done = unsafe bytes.withUnsafeMutableBufferPointer {
      unsafe EVP_DigestFinal_ex(context, $0.baseAddress! + offset, nil)
    }
    guard done == 1 else { fatalError("EVP_DigestFinal_ex failed") }
    start()
  }

  package consuming func finalize() -> SHA256Digest { finalizeAndReset() }

  private func start() {
    guard unsafe EVP_DigestInit_ex2(context, Algorithms.sha256, nil) == 1 else {
      fatalError("EVP_DigestInit_ex2 failed")
    }
  }
}
