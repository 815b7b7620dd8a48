internal import AuditLog
internal import Cryptography

extension Workspace {
  /// Accepts, as a change that is audited, a document that was changed outside the audit log.
  ///
  /// - Parameter object: one of ``ConfigurationObject``.
  /// - Returns: false when there was nothing to accept.
  @discardableResult
  package func reconcile(_ object: String, as actor: String? = nil) throws(WorkspaceError) -> Bool {
    guard let path = layout.document(of: object) else { throw .noSuchDestination(object) }
    return try FileLock.whileHeld(layout.changeLock) { () throws(WorkspaceError) in
      try refresh()
      let bytes =
        Disk.exists(path) ? try Disk.read(path, limit: DocumentCoding.maximumSize) : nil
      let digests = (before: audited(object), after: bytes.map(SHA256.hash))
      let type: AuditEventType =
        object.hasPrefix(ConfigurationObject.destination(""))
        ? .destinationReconciled : .documentReconciled
      let request = AuditedRequest(audit, type, object, actor ?? self.actor)
      do throws(WorkspaceError) {
        try requireOwnConfiguration()
        guard digests.before != digests.after else { return false }
        if let bytes { try ConfigurationObject.check(bytes, of: object, at: path) }
      } catch {
        try request.recordDenied(error)
        throw error
      }
      try request.record(.intent, digests, [])
      try request.record(.ok, digests, [])
      try refresh()
      return true
    }
  }
}
