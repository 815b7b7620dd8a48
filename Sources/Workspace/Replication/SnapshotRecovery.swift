internal import AuditLog
internal import Cryptography
internal import WorkspaceSnapshot

/// Finishes what a crash interrupted while a snapshot was put into force.
enum SnapshotRecovery {
  private static let actor = "(recovery)"

  /// Goes through it again, whole; under the workspace's lock, before anybody reads a document.
  ///
  /// Should the new snapshot not verify any more, the one before is put back into force. Throws when that fails, too:
  /// then the documents may be of both, and nothing reads them.
  ///
  /// - Returns: whether there was something to finish.
  @discardableResult
  static func finish(
    _ layout: WorkspaceLayout, _ audit: AuditLog
  ) throws(WorkspaceError) -> Bool {
    let next = SnapshotApplication.next(layout)
    guard Disk.exists(next) else { return false }
    let application = SnapshotApplication(layout: layout, audit: audit, actor: actor)
    let present = try replica(layout, audit)
    do throws(WorkspaceError) {
      let (snapshot, contents) = try read(next, layout, after: present)
      try application.putIntoForce(snapshot, contents, after: present)
      try Disk.rename(next, to: SnapshotApplication.current(layout))
    } catch {
      guard case .snapshot = error else { throw error }
      try AuditedRequest(
        audit, .replicaSnapshotRefused, ConfigurationObject.replica, actor
      ).recordDenied(error)
      let (snapshot, contents) = try read(
        SnapshotApplication.current(layout), layout, after: present)
      try application.putIntoForce(snapshot, contents, after: present)
      try Disk.remove(next)
    }
    return true
  }

  private static func replica(
    _ layout: WorkspaceLayout, _ audit: AuditLog
  ) throws(WorkspaceError) -> Replica {
    let object = ConfigurationObject.replica
    guard let path = layout.document(of: object), Disk.exists(path) else {
      throw .notAReplica(path: layout.root)
    }
    guard try Settlement.digest(at: path) == Workspace.audited(by: audit).digests[object] else {
      throw .changedWithoutAudit(path: path, object: object)
    }
    return try WorkspaceState.document(at: path)
  }

  private static func read(
    _ path: String, _ layout: WorkspaceLayout, after present: Replica
  ) throws(WorkspaceError) -> (Snapshot, ReplicaContents) {
    let bytes = try Disk.read(path, limit: Snapshot.maximumSize)
    let root = try StorageKey.forSnapshots(layout, of: present.workspaceID)
    do throws(SnapshotError) {
      let snapshot = try Snapshot(bytes, signedBy: present.keyID)
      try present.requireSuccessor(snapshot)
      return (snapshot, try ReplicaContents(snapshot, openedWith: root))
    } catch {
      throw .snapshot(path: path, error)
    }
  }
}

extension Replica {
  /// Throws for a snapshot that must not follow the one in force: another workspace's, an older one, or another one of
  /// the same sequence.
  func requireSuccessor(_ snapshot: Snapshot) throws(SnapshotError) {
    let index = snapshot.index
    guard index.workspaceID == workspaceID else {
      throw .otherWorkspace(found: index.workspaceID, expected: workspaceID)
    }
    guard index.sequence >= sequence else {
      throw .rolledBack(sequence: index.sequence, highest: sequence)
    }
    guard index.sequence > sequence || snapshot.sha256 == sha256 else {
      throw .sequenceTwice(sequence)
    }
  }

  func requireSuccessor(_ contents: ReplicaContents) throws(SnapshotError) {
    guard contents.auditRecords >= auditRecords else {
      throw .auditLogRolledBack(records: contents.auditRecords, expected: auditRecords)
    }
  }
}
