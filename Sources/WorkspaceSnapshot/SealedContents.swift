internal import Cryptography

/// The files of a snapshot, one behind the other, sealed with AES-256-GCM.
///
/// The key is for one index alone, which names every byte that is sealed under it: so the IV can be zero, and the same
/// snapshot has the same bytes.
enum SealedContents {
  private static let iv = [UInt8](repeating: 0, count: AES256GCM.ivLength)

  static func seal(
    _ contents: [[UInt8]], index: [UInt8], under root: borrowing SecretBytes,
    appendingTo out: inout [UInt8]
  ) throws(SnapshotError) {
    let plaintext = Array(contents.joined())
    do throws(CryptographyError) {
      var cipher = try AES256GCM()
      try cipher.setKey(key(root, index))
      try unsafe cipher.seal(
        plaintext.span.bytes, iv: iv.span.bytes, authenticating: index.span.bytes,
        appendingTo: &out)
    } catch {
      throw .cryptography(error)
    }
  }

  static func open(
    _ sealed: ArraySlice<UInt8>, index: [UInt8], under root: borrowing SecretBytes
  ) throws(SnapshotError) -> [UInt8] {
    do throws(CryptographyError) {
      var cipher = try AES256GCM()
      try cipher.setKey(key(root, index))
      var plaintext: [UInt8] = []
      try unsafe cipher.open(
        sealed.span.bytes, iv: iv.span.bytes, authenticating: index.span.bytes,
        appendingTo: &plaintext)
      return plaintext
    } catch {
      guard error == .decryptionFailed else { throw .cryptography(error) }
      throw .damaged("its contents are not what was sealed")
    }
  }

  static func name(of root: borrowing SecretBytes) throws(SnapshotError) -> String {
    do throws(CryptographyError) {
      let name = try derive(root, salt: [], "sealpost snapshot storage key id 1", count: 8)
      return name.withBytes { bytes in
        (0..<8).map { index in
          let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
          return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
      }
    } catch {
      throw .cryptography(error)
    }
  }

  private static func key(
    _ root: borrowing SecretBytes, _ index: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    try derive(
      root, salt: SHA256.hash(index).bytes, "sealpost snapshot contents 1",
      count: AES256GCM.keyLength)
  }

  private static func derive(
    _ root: borrowing SecretBytes, salt: [UInt8], _ use: String, count: Int
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe HKDF.derive(
      from: root, salt: salt.span.bytes, info: Array(use.utf8).span.bytes, count: count)
  }
}
