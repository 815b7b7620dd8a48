internal import AuditLog
internal import Cryptography
internal import Glibc
package import WorkspaceSnapshot

// MARK: - Taking a snapshot

extension Workspace {
  /// Writes all that a host needs to run this workspace's configuration into one file, signed and sealed.
  ///
  /// The sequence is durable before the file is in its place: no two snapshots ever share one. What stands at `path`
  /// is replaced if it is a snapshot; else nothing may stand there.
  ///
  /// - Parameter newKey: signs with a new key from now on, which every replica has to be told.
  /// - Throws: `configuredElsewhere`, `snapshotPlaceTaken`, `snapshotOfDamage`, `snapshotKeyUnusable`, `snapshot`.
  package func takeSnapshot(
    to path: String, newKey: Bool = false
  ) throws(WorkspaceError) -> Snapshot {
    try SnapshotPlace.check(path)
    let temporary = Disk.temporaryName(beside: path)
    var taken: Snapshot?
    do throws(WorkspaceError) {
      try change(
        .workspaceSnapshotTaken, ConfigurationObject.snapshots, of: SnapshotSeries.self
      ) { (present) throws(WorkspaceError) in
        let snapshot = try makeSnapshot(after: present, path, newKey: newKey)
        taken = snapshot
        let new = SnapshotSeries(sequence: snapshot.index.sequence, keyID: snapshot.key.id)
        return Change(
          document: new, changes: Self.changes(from: present, to: snapshot),
          prepare: { () throws(WorkspaceError) in
            try Disk.write(snapshot.bytes, toNewFile: temporary)
          })
      }
      try Disk.move(temporary, to: path)
    } catch {
      unsafe unlink(temporary)
      if let taken { try recordUnwritten(taken, error) }
      throw error
    }
    guard let taken else { throw .notAFile(path: path) }
    return taken
  }

  private func makeSnapshot(
    after present: SnapshotSeries?, _ path: String, newKey: Bool
  ) throws(WorkspaceError) -> Snapshot {
    if let damage = damage.first { throw .snapshotOfDamage(damage.description) }
    let key = try SnapshotSigningKey.forSigning(layout, present, isNew: newKey)
    let contents = try snapshotContents()
    let checkpoint = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
      try audit.checkpoint()
    }
    let root = try StorageKey.forSnapshots(layout, of: id)
    do throws(SnapshotError) {
      let index = SnapshotIndex(
        workspaceID: id, sequence: (present?.sequence ?? 0) + 1, takenAt: Timestamp.now,
        storageKeyID: try Snapshot.storageKeyID(root), checkpoint: checkpoint.text,
        contents: contents)
      return try Snapshot(index, contents, sealedUnder: root, signedBy: key)
    } catch {
      throw .snapshot(path: path, error)
    }
  }

  private static func changes(
    from present: SnapshotSeries?, to snapshot: Snapshot
  ) -> [AuditChange] {
    let old = present.map { [("sequence", "\($0.sequence)"), ("key_id", $0.keyID)] } ?? []
    return AuditedValues.difference(
      old,
      [
        ("sequence", "\(snapshot.index.sequence)"), ("key_id", snapshot.key.id),
        ("sha256", snapshot.sha256.hex), ("files", "\(snapshot.index.files.count)"),
        ("size", "\(snapshot.bytes.count)"),
      ])
  }

  /// The sequence may be used up: then the log says that there is no such file.
  private func recordUnwritten(
    _ snapshot: Snapshot, _ error: WorkspaceError
  ) throws(WorkspaceError) {
    try record(
      .workspaceSnapshotTaken, object: ConfigurationObject.snapshots, outcome: .failed,
      changes: [
        AuditChange(setting: "sequence", old: "", new: "\(snapshot.index.sequence)"),
        .reason(error.description),
      ])
  }
}

extension StorageKey {
  /// What the contents of a workspace's snapshots are sealed under.
  static func forSnapshots(
    _ layout: WorkspaceLayout, of workspaceID: String
  ) throws(WorkspaceError) -> SecretBytes {
    try derived(layout, for: "sealpost snapshot 1\u{0}\(workspaceID)")
  }
}

/// Where a snapshot may be written.
private enum SnapshotPlace {
  /// Throws `snapshotPlaceTaken` for anything but nothing or an older snapshot; follows no link.
  static func check(_ path: String) throws(WorkspaceError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw Disk.failed(path, "stat")
    }
    guard status.st_mode & S_IFMT == S_IFREG, let file = try? Disk.openFile(path, O_RDONLY) else {
      throw .snapshotPlaceTaken(path: path)
    }
    defer { close(file) }
    var head = [UInt8](repeating: 0, count: 64)
    let got = unsafe head.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
    guard Snapshot.isSnapshot(beginning: Array(head.prefix(max(0, got)))) else {
      throw .snapshotPlaceTaken(path: path)
    }
  }
}
