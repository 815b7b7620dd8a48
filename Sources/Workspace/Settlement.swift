internal import AuditLog
internal import Cryptography

/// What became of the changes that a crash interrupted: the digests tell.
enum Settlement {
  /// Gives every intent without outcome its outcome record; under the workspace's lock.
  ///
  /// The document has the new digest: it was applied. Else it was not; and if the document has neither digest,
  /// it stays one that was changed without audit.
  ///
  /// Returns what the log then says of every document.
  static func settle(
    _ audit: AuditLog, _ layout: WorkspaceLayout
  ) throws(WorkspaceError) -> AuditedDigests {
    let found = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
      try audit.digests()
    }
    guard !found.unfinished.isEmpty else { return found }
    for intent in found.unfinished {
      guard let path = layout.document(of: intent.object) else { continue }
      let applied = digest(at: path) == intent.after
      let entry = AuditEntry(
        actor: intent.actor, type: intent.type, outcome: applied ? .ok : .failed,
        requestID: intent.requestID, object: intent.object, before: intent.before,
        after: applied ? intent.after : intent.before,
        changes: [
          AuditChange(
            setting: "reason", old: "",
            new: "interrupted; found \(applied ? "applied" : "not applied") at the next start")
        ])
      _ = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
        try audit.append(entry)
      }
    }
    return try rethrowing(WorkspaceError.audit) { () throws(AuditError) in try audit.digests() }
  }

  static func digest(at path: String) -> SHA256Digest? {
    (try? Disk.read(path, limit: DocumentCoding.maximumSize)).map(SHA256.hash)
  }
}
