package import AuditLog
internal import Cryptography
internal import Synchronization

/// What a change makes of a document, and how the audit log tells it.
struct Change<D: Document> {
  /// The new document; nil removes it.
  var document: D?
  /// Each setting that changed; a secret's values are never among them.
  var changes: [AuditChange]
  /// Run after the intent is durable and before the document is replaced: files it refers to.
  var prepare: () throws(WorkspaceError) -> Void = { () throws(WorkspaceError) in }
  /// Run after the document is replaced: files it no longer refers to; its failure harms nobody.
  var cleanUp: () -> Void = {}
}

// MARK: - The one audited path

extension Workspace {
  /// Changes one document, and nothing without its record: the only way any document is written.
  ///
  /// Under the workspace's lock: read the document from the disk, make the new one, intent record, durable,
  /// temporary file → fsync → rename → fsync of the folder, outcome record. What `make` refuses is recorded as
  /// denied; what fails after the intent, as failed. Blocks; any thread.
  ///
  /// - Parameters:
  ///   - type: what the log calls the change.
  ///   - object: one of ``ConfigurationObject``.
  ///   - actor: nil means whoever acts through this object.
  ///   - replacing: the new document owes nothing to the old one, which may then be anything.
  ///   - make: gets the document as it is, nil when there is none (or, replacing, none that can be read).
  func change<D: Document>(
    _ type: AuditEventType, _ object: String, as actor: String? = nil, of _: D.Type = D.self,
    replacing: Bool = false,
    make: (D?) throws(WorkspaceError) -> Change<D>
  ) throws(WorkspaceError) {
    guard let path = layout.document(of: object) else { throw .noSuchDestination(object) }
    try FileLock.whileHeld(layout.changeLock) { () throws(WorkspaceError) in
      try refresh()
      let request = AuditedRequest(audit, type, object, actor ?? self.actor)
      let before: [UInt8]?
      let change: Change<D>
      do throws(WorkspaceError) {
        try requireOwnConfiguration()
        before = try currentBytes(of: object, at: path, replacing: replacing)
        change = try make(
          before.flatMap { (bytes) throws(WorkspaceError) in
            do throws(WorkspaceError) {
              return try DocumentCoding.decode(D.self, from: bytes, path: path)
            } catch {
              guard replacing else { throw error }
              return nil
            }
          })
      } catch {
        try request.recordDenied(error)
        throw error
      }
      try apply(change, to: path, before: before, request)
    }
  }

  private func apply<D: Document>(
    _ change: Change<D>, to path: String, before: [UInt8]?, _ request: AuditedRequest
  ) throws(WorkspaceError) {
    let after = try change.document.map { (document) throws(WorkspaceError) in
      try DocumentCoding.encode(document)
    }
    try request.replace(
      path, before: before, after: after, change.changes, prepare: change.prepare,
      cleanUp: change.cleanUp)
    try refresh()
  }

  /// Throws `changedWithoutAudit` when the bytes are not those of the last record.
  private func currentBytes(
    of object: String, at path: String, replacing: Bool
  ) throws(WorkspaceError) -> [UInt8]? {
    let bytes =
      Disk.exists(path) ? try Disk.read(path, limit: DocumentCoding.maximumSize) : nil
    guard replacing || bytes.map(SHA256.hash) == audited(object) else {
      throw .changedWithoutAudit(path: path, object: object)
    }
    return bytes
  }
}

// MARK: - What changes no document

extension Workspace {
  /// Records something that happened or is refused: durable on return.
  ///
  /// - Parameters:
  ///   - object: such as `adapter/org.example.crm`.
  ///   - actor: nil means whoever acts through this object.
  package func record(
    _ type: AuditEventType, object: String, outcome: AuditOutcome = .ok,
    changes: [AuditChange] = [], as actor: String? = nil
  ) throws(WorkspaceError) {
    let request = AuditedRequest(audit, type, object, actor ?? self.actor)
    try request.record(outcome, (nil, nil), changes)
  }
}

/// One request as the audit log sees it: every record of it carries the same id.
struct AuditedRequest {
  private let audit: AuditLog
  private let type: AuditEventType
  private let object: String
  private let actor: String
  private let id = Names.random(32)

  init(_ audit: AuditLog, _ type: AuditEventType, _ object: String, _ actor: String) {
    self.audit = audit
    self.type = type
    self.object = object
    self.actor = actor
  }

  func record(
    _ outcome: AuditOutcome, _ digests: (before: SHA256Digest?, after: SHA256Digest?),
    _ changes: [AuditChange]
  ) throws(WorkspaceError) {
    let entry = AuditEntry(
      actor: actor, type: type, outcome: outcome, requestID: id, object: object,
      before: digests.before, after: digests.after, changes: changes)
    _ = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in try audit.append(entry) }
  }

  /// Puts other bytes in a document's place: intent, durable; the bytes; outcome.
  ///
  /// - Parameters:
  ///   - after: nil removes the document.
  ///   - prepare: run after the intent is durable and before the document is replaced.
  ///   - cleanUp: run after the document is replaced.
  func replace(
    _ path: String, before: [UInt8]?, after: [UInt8]?, _ changes: [AuditChange],
    prepare: () throws(WorkspaceError) -> Void = { () throws(WorkspaceError) in },
    cleanUp: () -> Void = {}
  ) throws(WorkspaceError) {
    let digests = (before: before.map(SHA256.hash), after: after.map(SHA256.hash))
    try record(.intent, digests, changes)
    do throws(WorkspaceError) {
      try prepare()
      if let after { try Disk.replace(path, with: after) } else { try Disk.remove(path) }
    } catch {
      // `after` says what is there now: the rename may have been done and its sync not. Should even this
      // record fail, the next start settles it.
      let present = Settlement.digest(at: path)
      try? record(
        .failed, (digests.before, present == digests.after ? digests.after : digests.before),
        changes + [reason(error)])
      throw error
    }
    cleanUp()
    do throws(WorkspaceError) {
      try record(.ok, digests, changes)
    } catch {
      guard case .audit(let cause) = error else { throw error }
      throw .outcomeNotRecorded(cause)
    }
  }

  func recordDenied(_ error: WorkspaceError) throws(WorkspaceError) {
    try record(.denied, (nil, nil), [reason(error)])
  }

  func reason(_ error: WorkspaceError) -> AuditChange {
    AuditChange(setting: "reason", old: "", new: error.description)
  }
}
