package import Cryptography

/// One workspace's configuration in one file: an index that is signed, and contents that are sealed; immutable.
///
/// See `Notes.md` for the form. A value of this type has been verified: the key that was asked for signed its index.
package struct Snapshot: Sendable {
  /// The longest snapshot in bytes: 512 MiB.
  package static let maximumSize = 512 * 1024 * 1024

  package let index: SnapshotIndex
  /// The key that signed it.
  package let key: Ed25519.VerifyingKey
  /// The whole file.
  package let bytes: [UInt8]
  /// Of the whole file: its name in audit logs, and what sha256sum(1) prints.
  package let sha256: SHA256Digest
  private let form: SnapshotForm

  /// Takes a file for a snapshot, if this key signed it; reads nothing of it before.
  ///
  /// - Parameter keyID: the SHA-256 of the key, 64 hexadecimal digits.
  /// - Throws: `notASnapshot`, `formatTooNew`, `tooLarge`, `otherKey` or `damaged`.
  package init(_ bytes: [UInt8], signedBy keyID: String) throws(SnapshotError) {
    guard bytes.count <= Self.maximumSize else { throw .tooLarge(maximum: Self.maximumSize) }
    form = try SnapshotForm(bytes)
    key = form.key
    guard key.id == keyID else { throw .otherKey(found: key.id, expected: keyID) }
    let index = try form.verifiedIndex(bytes)
    self.index = try SnapshotIndex(decoding: index)
    guard form.contents(bytes).count == self.index.contentsSize + AES256GCM.tagLength else {
      throw .damaged("it is not as long as its index says")
    }
    self.bytes = bytes
    sha256 = SHA256.hash(bytes)
  }

  /// Makes a snapshot; the same for the same arguments, byte for byte.
  ///
  /// - Parameters:
  ///   - contents: in the index's order.
  ///   - root: 32 bytes, derived from the storage key for snapshots of this workspace alone.
  /// - Throws: `damaged` or `tooLarge` for what no snapshot may hold.
  package init(
    _ index: SnapshotIndex, _ contents: [(path: String, bytes: [UInt8])],
    sealedUnder root: borrowing SecretBytes, signedBy key: Ed25519.SigningKey
  ) throws(SnapshotError) {
    try index.check()
    let text = try index.encoded()
    guard text.count <= SnapshotIndex.longest else {
      throw .tooLarge(maximum: SnapshotIndex.longest)
    }
    var bytes = try SnapshotForm.head(of: text, signedBy: key)
    bytes.reserveCapacity(bytes.count + index.contentsSize + AES256GCM.tagLength)
    try SealedContents.seal(contents.map(\.bytes), index: text, under: root, appendingTo: &bytes)
    try self.init(bytes, signedBy: key.verifyingKey.id)
  }

  /// What is in it, by path.
  ///
  /// - Parameter root: as in ``init(_:_:sealedUnder:signedBy:)``.
  /// - Throws: `otherStorageKey` or `damaged`.
  package func files(
    openedWith root: borrowing SecretBytes
  ) throws(SnapshotError) -> [String: [UInt8]] {
    guard try Self.storageKeyID(root) == index.storageKeyID else { throw .otherStorageKey }
    let contents = try SealedContents.open(
      form.contents(bytes), index: form.index(bytes), under: root)
    var files: [String: [UInt8]] = [:]
    var start = 0
    for file in index.files {
      let content = Array(contents[start..<start + file.size])
      guard SHA256.hash(content) == file.sha256 else {
        throw .damaged("a file in it is not as its index says")
      }
      files[file.path] = content
      start += file.size
    }
    return files
  }

  /// 16 hexadecimal digits, derived beside what seals: for the index, so that a wrong key can be told from damage.
  package static func storageKeyID(_ root: borrowing SecretBytes) throws(SnapshotError) -> String {
    try SealedContents.name(of: root)
  }

  /// Whether a file begins as snapshots do; says nothing else of it.
  package static func isSnapshot(beginning bytes: [UInt8]) -> Bool {
    bytes.starts(with: SnapshotForm.magic.utf8)
  }
}
