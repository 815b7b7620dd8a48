import COpenSSL

/// scrypt (RFC 7914): a key out of a passphrase, slow and large on purpose.
package enum Scrypt {
  /// N, r and p of RFC 7914; the memory is 128 · N · r bytes.
  package struct Cost: Codable, Sendable, Equatable {
    package var n: UInt64
    package var r: UInt64
    package var p: UInt64

    /// 128 MiB: the first setting of the OWASP Password Storage Cheat Sheet.
    package static let interactive = Cost(n: 1 << 17, r: 8, p: 1)

    package init(n: UInt64, r: UInt64, p: UInt64) {
      self.n = n
      self.r = r
      self.p = p
    }
  }

  /// The most memory that a cost may ask for: 1 GiB.
  package static let maximumMemory: UInt64 = 1 << 30

  /// Blocks for a good part of a second at the usual cost.
  ///
  /// Throws `invalidParameter` for a cost that RFC 7914 does not allow or that asks for more than
  /// ``maximumMemory``, or for a count outside 1 to 1024.
  package static func derive(
    from passphrase: borrowing SecretBytes, salt: RawSpan, cost: Cost, count: Int
  ) throws(CryptographyError) -> SecretBytes {
    guard (1...1024).contains(count) else { throw .invalidParameter("scrypt length") }
    var derived = SecretBytes(count: count)
    let done = passphrase.withBytes { passphrase in
      unsafe passphrase.withUnsafeBytes { passphrase in
        unsafe salt.withUnsafeBytes { salt in
          var done: Int32 = 0
          unsafe derived.withMutableBytes { out in
            done = unsafe EVP_PBE_scrypt(
              passphrase.assumingMemoryBound(to: CChar.self).baseAddress, passphrase.count,
              salt.assumingMemoryBound(to: UInt8.self).baseAddress, salt.count, cost.n, cost.r,
              cost.p, maximumMemory, out.assumingMemoryBound(to: UInt8.self).baseAddress,
              out.count)
          }
          return done
        }
      }
    }
    try check(done, or: .invalidParameter("scrypt cost"))
    return derived
  }
}
