internal import Cryptography

/// The key of everything that is sealed in a workspace: 32 random bytes in `keys/storage.key`, mode 0600.
///
/// Used for nothing itself: each purpose has a key of its own, derived by HKDF (RFC 5869).
enum StorageKey {
  static let length = 32

  /// The key for one purpose.
  ///
  /// - Parameters:
  ///   - purpose: names what it is for and for whom; distinct for distinct uses.
  ///   - salt: may be empty.
  static func derived(
    _ layout: WorkspaceLayout, for purpose: String, salt: [UInt8] = []
  ) throws(WorkspaceError) -> SecretBytes {
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      let key = try SecretBytes(readingFile: layout.storageKey)
      guard key.count == length else { throw .invalidParameter("storage key length") }
      return try unsafe HKDF.derive(
        from: key, salt: salt.span.bytes, info: Array(purpose.utf8).span.bytes,
        count: AES256GCM.keyLength)
    }
  }
}
