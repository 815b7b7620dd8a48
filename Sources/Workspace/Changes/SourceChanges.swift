internal import AuditLog
package import Cryptography

/// A write key that was just made.
package struct NewWriteKey: ~Copyable {
  package let source: Source
  /// For whoever sends the events, once; with a line feed.
  package let text: SecretBytes
}

// MARK: - Sources

extension Workspace {
  /// Makes a source; its write key is given once and kept nowhere.
  ///
  /// Throws `badSourceID` or `sourceExists`.
  package func addSource(_ id: String) throws(WorkspaceError) -> NewWriteKey {
    guard Names.isSourceID(id) else { throw .badSourceID(String(id.prefix(64))) }
    let key = WriteKeyText()
    let now = Timestamp.now
    let source = Source(
      id: id, enabled: true, createdAt: now, createdBy: actor,
      writeKey: .init(createdAt: now, expiresAt: nil, sha256: key.sha256))
    try Disk.makeFolder(layout.sources, existing: true)
    try change(.sourceCreated, ConfigurationObject.source(id), of: Source.self) {
      (present) throws(WorkspaceError) in
      guard present == nil else { throw .sourceExists(id) }
      return Change(document: source, changes: AuditedValues.difference([], source.audited))
    }
    return NewWriteKey(source: source, text: key.secret)
  }

  /// Gives the source another write key; the one before goes on for so many hours, by default not at all.
  ///
  /// Throws `noSuchSource`, or `badOverlap`.
  package func rotateWriteKey(
    of id: String, overlapHours: Int = 0
  ) throws(WorkspaceError) -> NewWriteKey {
    guard (0...Source.longestOverlapHours).contains(overlapHours) else {
      throw .badOverlap(maximum: Source.longestOverlapHours)
    }
    let key = WriteKeyText()
    let source = try changeSource(id, .sourceWriteKeyRotated) { source in
      var old = source.writeKey
      old.expiresAt = Timestamp.text(Timestamp.secondsNow + overlapHours * 3_600)
      source.oldWriteKey = overlapHours == 0 ? nil : old
      source.writeKey = .init(createdAt: Timestamp.now, expiresAt: nil, sha256: key.sha256)
    }
    return NewWriteKey(source: source, text: key.secret)
  }

  /// From now on none of its keys opens it, or they do again; throws `noSuchSource`.
  package func setSource(_ id: String, enabled: Bool) throws(WorkspaceError) {
    try changeSource(id, enabled ? .sourceModified : .sourceDisabled) { $0.enabled = enabled }
  }

  @discardableResult
  private func changeSource(
    _ id: String, _ type: AuditEventType, _ edit: (inout Source) -> Void
  ) throws(WorkspaceError) -> Source {
    guard Names.isSourceID(id), sources().contains(where: { $0.id == id }) else {
      throw .noSuchSource(String(id.prefix(64)))
    }
    var changed: Source?
    try change(type, ConfigurationObject.source(id), of: Source.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .noSuchSource(id) }
      var new = old
      edit(&new)
      changed = new
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
    guard let changed else { throw .noSuchSource(id) }
    return changed
  }
}

/// A write key: 32 hexadecimal digits, 128 random bits, so its hash needs no salt and no stretching.
private struct WriteKeyText {
  private let text = Names.random(32)

  var sha256: SHA256Digest { SHA256.hash(Array(text.utf8)) }

  var secret: SecretBytes {
    var bytes = Array("\(text)\n".utf8)
    return SecretBytes(moving: &bytes)
  }
}
