internal import AuditLog
internal import Cryptography
internal import Eligibility
internal import Privacy

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
      guard digests.before != digests.after else { return false }
      let type: AuditEventType =
        object.hasPrefix(ConfigurationObject.destination(""))
        ? .destinationReconciled : .documentReconciled
      let request = AuditedRequest(audit, type, object, actor ?? self.actor)
      do throws(WorkspaceError) {
        if let bytes { try Self.check(bytes, of: object, at: path) }
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

  /// Whether the bytes are such a document at all.
  private static func check(
    _ bytes: [UInt8], of object: String, at path: String
  ) throws(WorkspaceError) {
    switch object {
    case ConfigurationObject.workspace:
      _ = try DocumentCoding.decode(WorkspaceSettings.self, from: bytes, path: path)
    case ConfigurationObject.privacy:
      let settings = try DocumentCoding.decode(PrivacySettings.self, from: bytes, path: path)
      try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in try settings.check() }
    case ConfigurationObject.products:
      _ = try DocumentCoding.decode(ProductAllowlist.self, from: bytes, path: path)
    case ConfigurationObject.productLists:
      _ = try DocumentCoding.decode(ImportedLists.self, from: bytes, path: path).inForce()
    case ConfigurationObject.adapterTrust:
      _ = try DocumentCoding.decode(AdapterTrust.self, from: bytes, path: path)
    case _ where object.hasPrefix("user/"):
      _ = try DocumentCoding.decode(User.self, from: bytes, path: path)
    case _ where object.hasPrefix("token/"):
      _ = try DocumentCoding.decode(AccessToken.self, from: bytes, path: path)
    case _ where object.hasPrefix("destination/"):
      _ = try DocumentCoding.decode(Destination.self, from: bytes, path: path)
    default: _ = try DocumentCoding.decode(InstalledAdapter.self, from: bytes, path: path)
    }
  }
}
