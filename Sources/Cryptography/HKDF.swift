import COpenSSL

/// HKDF with SHA-256 (RFC 5869): keys for different uses out of one.
package enum HKDF {
  /// - Parameters:
  ///   - key: the input keying material; not empty.
  ///   - salt: may be empty.
  ///   - info: what the derived key is for; may be empty.
  ///   - count: 1 to 8160 bytes.
  /// - Throws: `invalidParameter` or `libraryFailed`.
  package static func derive(
    from key: borrowing SecretBytes, salt: RawSpan, info: RawSpan, count: Int
  ) throws(CryptographyError) -> SecretBytes {
    guard (1...255 * 32).contains(count) else { throw .invalidParameter("HKDF length") }
    guard key.count > 0 else { throw .invalidParameter("HKDF key") }
    let context = try unsafe require(
      EVP_KDF_CTX_new(Algorithms.hkdf), or: .libraryFailed("EVP_KDF_CTX_new"))
    defer { unsafe EVP_KDF_CTX_free(context) }
    var derived = SecretBytes(count: count)
    let done = key.withBytes { key in
      unsafe key.withUnsafeBytes { key in
        unsafe salt.withUnsafeBytes { salt in
          unsafe info.withUnsafeBytes { info in
            var done: Int32 = 0
            unsafe derived.withMutableBytes { out in
              done = unsafe COpenSSL_deriveHKDFSHA256(
                context, key.baseAddress, key.count, salt.baseAddress, salt.count,
                info.baseAddress, info.count,
                out.assumingMemoryBound(to: UInt8.self).baseAddress, out.count)
            }
            return done
          }
        }
      }
    }
    try check(done, or: .libraryFailed("EVP_KDF_derive"))
    return derived
  }
}
