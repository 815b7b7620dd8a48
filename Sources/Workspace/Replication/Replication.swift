internal import AuditLog
internal import Cryptography
internal import Glibc
internal import WorkspaceSnapshot

// MARK: - Making a replica

extension Workspace {
  /// Makes a replica's folder, whole or not at all, and opens it.
  ///
  /// - Parameters:
  ///   - path: does not exist yet, or is an empty folder; the folder above it exists.
  ///   - snapshot: the file to begin with.
  ///   - keyID: of the only key whose snapshots it takes, from now on; known from the origin, not from the file.
  ///   - storageKey: a copy of the origin's `keys/storage.key`; it is copied.
  /// - Throws: `alreadyThere`, `snapshot`, `fileFailed`, or as ``open(at:)``.
  package static func replicate(
    at path: String, from snapshot: String, signedBy keyID: String, storageKey: String
  ) throws(WorkspaceError) -> Workspace {
    let layout = WorkspaceLayout(root: path)
    guard try WorkspaceFolder.isFree(layout.root) else { throw .alreadyThere(path: layout.root) }
    let building = WorkspaceLayout(
      root: "\(Disk.parent(of: layout.root))/.sealpost-replicate-\(Names.random(12))")
    do throws(WorkspaceError) {
      try Disk.makeFolder(building.root)
      for folder in building.folders { try Disk.makeFolder(folder) }
      try copyStorageKey(storageKey, to: building, for: snapshot)
      try fill(building, from: snapshot, signedBy: keyID)
      try Disk.rename(building.root, to: layout.root)
    } catch {
      Disk.removeTree(building.root)
      throw error
    }
    return try open(at: layout.root)
  }

  private static func copyStorageKey(
    _ path: String, to layout: WorkspaceLayout, for snapshot: String
  ) throws(WorkspaceError) {
    let key = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try SecretBytes(readingFile: path)
    }
    guard key.count == StorageKey.length else { throw .snapshot(path: snapshot, .otherStorageKey) }
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try SecretFile.write(key, toNewFile: layout.storageKey)
    }
  }

  private static func fill(
    _ layout: WorkspaceLayout, from path: String, signedBy keyID: String
  ) throws(WorkspaceError) {
    let bytes = try Disk.read(path, limit: Snapshot.maximumSize, links: true)
    let (snapshot, contents) = try read(bytes, path, layout, signedBy: keyID)
    let audit = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
      try AuditLog(
        directory: layout.audit, keys: layout.keys, workspaceID: snapshot.index.workspaceID)
    }
    try SnapshotApplication(layout: layout, audit: audit, actor: "(operator)")
      .apply(snapshot, contents, after: nil)
  }

  static func read(
    _ bytes: [UInt8], _ path: String, _ layout: WorkspaceLayout, signedBy keyID: String,
    after present: Replica? = nil
  ) throws(WorkspaceError) -> (Snapshot, ReplicaContents) {
    do throws(SnapshotError) {
      let snapshot = try Snapshot(bytes, signedBy: keyID)
      try present?.requireSuccessor(snapshot)
      let root: SecretBytes
      do throws(WorkspaceError) {
        root = try StorageKey.forSnapshots(layout, of: snapshot.index.workspaceID)
      } catch {
        throw .unfit(error.description)
      }
      let contents = try ReplicaContents(snapshot, openedWith: root)
      try present?.requireSuccessor(contents)
      return (snapshot, contents)
    } catch {
      throw .snapshot(path: path, error)
    }
  }
}

// MARK: - Following the origin

/// What came of looking at a snapshot.
package enum SnapshotOutcome: Sendable, Equatable {
  /// It is in force from now on.
  case applied(Replica)
  /// It was in force already, and everything is as it says.
  case unchanged(Replica)
}

extension Workspace {
  /// Puts a snapshot into force on this replica: wholly, or not at all.
  ///
  /// A refusal is recorded, and changes nothing. Documents that were changed here by hand are put back. Blocks.
  ///
  /// - Parameter keyID: of another key to take snapshots of from now on; nil for the one that was told before.
  /// - Throws: `notAReplica`; `snapshot` or `fileFailed`, recorded; what putting it into force fails at.
  package func follow(
    snapshot path: String, signedBy keyID: String? = nil
  ) throws(WorkspaceError) -> SnapshotOutcome {
    try FileLock.whileHeld(layout.changeLock) { () throws(WorkspaceError) in
      try SnapshotRecovery.finish(layout, audit)
      try refresh()
      let present = try replica()
      let (snapshot, contents) = try accepted(path, signedBy: keyID ?? present.keyID, present)
      let application = SnapshotApplication(layout: layout, audit: audit, actor: actor)
      if snapshot.sha256 == present.sha256, try !application.differs(from: contents) {
        return .unchanged(present)
      }
      try application.apply(snapshot, contents, after: present)
      try refresh()
      return .applied(try replica())
    }
  }

  /// Reads and verifies; what is refused is recorded, as far as it is known.
  private func accepted(
    _ path: String, signedBy keyID: String, _ present: Replica
  ) throws(WorkspaceError) -> (Snapshot, ReplicaContents) {
    var bytes: [UInt8] = []
    do throws(WorkspaceError) {
      bytes = try Disk.read(path, limit: Snapshot.maximumSize, links: true)
      let read = try Self.read(bytes, path, layout, signedBy: keyID, after: present)
      try requireNoListRolledBack(read.1, path)
      return read
    } catch {
      let sequence = (try? Snapshot(bytes, signedBy: keyID)).map { "\($0.index.sequence)" }
      try record(
        .replicaSnapshotRefused, object: ConfigurationObject.replica, outcome: .denied,
        changes: [
          AuditChange(setting: "snapshot.origin", old: "", new: present.workspaceID),
          AuditChange(
            setting: "snapshot.sequence", old: "\(present.sequence)", new: sequence ?? "unknown"),
          AuditChange(
            setting: "snapshot.sha256", old: present.sha256.hex,
            new: bytes.isEmpty ? "" : SHA256.hash(bytes).hex),
          .reason(error.description),
        ])
      throw error
    }
  }

  /// A list of products that is older than the one here would bring back what was revoked.
  private func requireNoListRolledBack(
    _ contents: ReplicaContents, _ path: String
  ) throws(WorkspaceError) {
    guard let present = try? lists.document.get().highest else { return }
    for (key, sequence) in present where contents.lists[key] ?? 0 < sequence {
      throw .snapshot(
        path: path,
        .unfit(
          "its list of products by the key \(key.prefix(16))… is older than the one here. "
            + "Import the newest at the origin, and take another snapshot."))
    }
  }
}

extension Workspace {
  /// Throws `configuredElsewhere` on a replica: nothing is configured there.
  func requireOwnConfiguration() throws(WorkspaceError) {
    guard isReplica else { return }
    throw .configuredElsewhere(path: layout.root, try? replica())
  }
}
