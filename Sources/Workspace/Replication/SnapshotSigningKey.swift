internal import Cryptography

/// The key that signs a workspace's snapshots and nothing else: 32 random bytes in `keys/snapshot.key`, mode 0600.
enum SnapshotSigningKey {
  /// The present one; made when there has been none, or when another is asked for.
  ///
  /// Throws `snapshotKeyUnusable` when the one that signed before is gone or another.
  static func forSigning(
    _ layout: WorkspaceLayout, _ series: SnapshotSeries?, isNew: Bool
  ) throws(WorkspaceError) -> Ed25519.SigningKey {
    let path = layout.snapshotKey
    if isNew || series == nil && !Disk.exists(path) { return try make(path) }
    guard Disk.exists(path) else {
      throw .snapshotKeyUnusable(path: path, reason: "is gone")
    }
    let key = try read(path)
    guard series.map({ $0.keyID == key.verifyingKey.id }) ?? true else {
      throw .snapshotKeyUnusable(path: path, reason: "is another key than before")
    }
    return key
  }

  private static func read(_ path: String) throws(WorkspaceError) -> Ed25519.SigningKey {
    let seed = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try SecretBytes(readingFile: path)
    }
    guard seed.count == 32, let key = try? Ed25519.SigningKey(seed: seed) else {
      throw .snapshotKeyUnusable(path: path, reason: "is no key")
    }
    return key
  }

  private static func make(_ path: String) throws(WorkspaceError) -> Ed25519.SigningKey {
    var random = SecureRandom.bytes(32)
    let seed = SecretBytes(moving: &random)
    let key = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try Ed25519.SigningKey(seed: seed)
    }
    let temporary = Disk.temporaryName(beside: path)
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try SecretFile.write(seed, toNewFile: temporary)
    }
    try Disk.move(temporary, to: path)
    return key
  }
}
