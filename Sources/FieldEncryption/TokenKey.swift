package import Cryptography

/// The key of a destination's tokens and the name that each token carries of it; immutable, any thread.
package final class TokenKey: Sendable {
  let secret: SecretBytes
  /// 8 hexadecimal digits, derived beside the key: says which key it was and nothing of it.
  package let id: String

  /// Throws `CryptographyError.libraryFailed`.
  ///
  /// - Parameter root: derived for this use alone (Workspace's storage key, HKDF); 32 bytes.
  package init(root: borrowing SecretBytes) throws(CryptographyError) {
    secret = try Self.derive(from: root, "sealpost field token key 1", count: 32)
    let name = try Self.derive(from: root, "sealpost field token kid 1", count: 4)
    id = name.withBytes { bytes in
      (0..<4).map { index in
        let byte = bytes.byte(index)
        return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }.joined()
    }
  }

  private static func derive(
    from root: borrowing SecretBytes, _ use: String, count: Int
  ) throws(CryptographyError) -> SecretBytes {
    let none: [UInt8] = []
    return try unsafe HKDF.derive(
      from: root, salt: none.span.bytes, info: Array(use.utf8).span.bytes, count: count)
  }
}
