package import AuditLog

extension Workspace {
  /// Reads the whole audit log of a workspace that need not open: it may be the log that keeps it from opening.
  ///
  /// Throws what reading `workspace.json` throws, which says whose log it is; see ``AuditLog/verify``.
  package static func auditVerdict(
    at path: String, saved: [(path: String, checkpoint: Checkpoint)] = [],
    publicKey: [UInt8]? = nil
  ) throws(WorkspaceError) -> AuditVerdict {
    let layout = WorkspaceLayout(root: path)
    try WorkspaceFolder.check(layout)
    let settings: WorkspaceSettings = try WorkspaceState.document(at: layout.settings)
    return AuditLog.verify(
      directory: layout.audit, workspaceID: settings.id, saved: saved, publicKey: publicKey)
  }
}
