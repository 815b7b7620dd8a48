package import WorkspaceSnapshot

extension Workspace {
  /// Reads a snapshot as a replica of this workspace, or of its origin, would; changes nothing.
  ///
  /// - Parameter keyID: of the key that must have signed it; nil for this workspace's own, or a replica's origin's.
  /// - Throws: `snapshot` with what does not hold; `fileFailed`; `snapshotNeverTaken` where none was ever taken.
  package func verifySnapshot(
    at path: String, signedBy keyID: String? = nil
  ) throws(WorkspaceError) -> Snapshot {
    let expected: String
    if let keyID { expected = keyID } else { expected = try usualKeyID() }
    let bytes = try Disk.read(path, limit: Snapshot.maximumSize, links: true)
    return try Self.read(bytes, path, layout, signedBy: expected).0
  }

  private func usualKeyID() throws(WorkspaceError) -> String {
    try isReplica ? replica().keyID : series().keyID
  }

  private func series() throws(WorkspaceError) -> SnapshotSeries {
    guard let path = layout.document(of: ConfigurationObject.snapshots), Disk.exists(path) else {
      throw .snapshotNeverTaken(path: layout.root)
    }
    guard Settlement.digest(at: path) == audited(ConfigurationObject.snapshots) else {
      throw .changedWithoutAudit(path: path, object: ConfigurationObject.snapshots)
    }
    return try WorkspaceState.document(at: path)
  }
}
