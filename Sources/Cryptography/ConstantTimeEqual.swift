import COpenSSL

/// Whether both are the same bytes, in a time that depends on their lengths only (CRYPTO_memcmp).
package func constantTimeEqual(_ a: RawSpan, _ b: RawSpan) -> Bool {
  guard a.byteCount == b.byteCount else { return false }
  return unsafe a.withUnsafeBytes { left in
    unsafe b.withUnsafeBytes { right in
      unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
    }
  }
}
