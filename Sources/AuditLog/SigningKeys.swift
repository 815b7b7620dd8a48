internal import Cryptography
internal import Glibc

/// The private keys: one for the segment that is written to, and for a moment the next one's.
///
/// None is kept in memory: it is read, signs, and is forgotten. Used under the log's lock.
struct SigningKeys: Sendable {
  let folder: AuditFolder

  /// One that may not be in the log yet.
  private var next: String { folder.keys + "/audit-next.key" }

  func path(_ segment: Int) -> String {
    "\(folder.keys)/\(AuditFolder.name(segment)).key"
  }

  /// The private half of a key in force.
  ///
  /// Throws `keyMissing`, or `keyUnusable` when it is another key or none at all.
  func current(_ signer: AuditSigner) throws(AuditError) -> Ed25519.SigningKey {
    let path = path(signer.segment)
    guard unsafe access(path, F_OK) == 0 else { throw .keyMissing(path: path) }
    let key = try read(path)
    guard key.verifyingKey.rawBytes == signer.publicKey else {
      throw .keyUnusable(path: path, reason: "it is not the key that the log names")
    }
    return key
  }

  /// Makes the key that is to follow, durably, under a name that says that it is not in the log yet.
  func makeNext() throws(AuditError) -> Ed25519.SigningKey {
    try erase(next)
    try folder.step(.create, next)
    do throws(CryptographyError) {
      let key = try Ed25519.SigningKey.generate()
      try key.writePEM(toNewFile: next, passphrase: nil)
      return key
    } catch {
      throw .keyUnusable(path: next, reason: "\(error)")
    }
  }

  /// Brings the names in line with the log, wherever a crash came between: see the notes.
  ///
  /// - Parameter signer: whose key the log's last words on keys name.
  /// - Throws: `rolledBack` when there are keys of which the log knows nothing.
  func settle(_ signer: AuditSigner?) throws(AuditError) {
    if unsafe access(next, F_OK) == 0 {
      if let signer, let key = try? read(next), key.verifyingKey.rawBytes == signer.publicKey {
        try folder.rename(next, to: path(signer.segment))
      } else {
        try erase(next)
      }
    }
    for segment in try segments() where segment > signer?.segment ?? 0 {
      throw .keyUnknown(path: path(segment))
    }
  }

  /// Erases every key before the one in force.
  func erasePast(_ signer: AuditSigner) throws(AuditError) {
    for segment in try segments() where segment < signer.segment { try erase(path(segment)) }
  }

  private func segments() throws(AuditError) -> [Int] {
    try AuditFolder.names(in: folder.keys)
      .compactMap { AuditFolder.number(of: $0, ending: ".key") }.sorted()
  }

  private func read(_ path: String) throws(AuditError) -> Ed25519.SigningKey {
    do throws(CryptographyError) {
      return try Ed25519.SigningKey(pem: try SecretBytes(readingFile: path), passphrase: nil)
    } catch {
      throw .keyUnusable(path: path, reason: "\(error)")
    }
  }

  /// Writes zeros over the file, brings them to the disk, and removes it; one that is not there is right.
  ///
  /// What that is worth depends on the file system and the disk: see the notes.
  private func erase(_ path: String) throws(AuditError) {
    guard unsafe access(path, F_OK) == 0 else { return }
    let file = try SegmentFile(overwriting: path, disk: folder.disk)
    try file.overwrite([UInt8](repeating: 0, count: file.size))
    try file.sync()
    try folder.remove(path)
    try folder.sync(folder.keys)
  }
}
