/// Which records are wanted; every condition that is set must hold.
package struct AuditQuery: Sendable, Equatable {
  package var actor: String?
  package var type: AuditEventType?
  /// The object itself, or everything below it when it ends in `/`.
  package var object: String?
  /// As in a record: UTC, `2026-11-23T22:44:24.123456Z`, or a beginning of it such as a date.
  package var since: String?

  package init(
    actor: String? = nil, type: AuditEventType? = nil, object: String? = nil, since: String? = nil
  ) {
    self.actor = actor
    self.type = type
    self.object = object
    self.since = since
  }

  package func matches(_ record: AuditRecord) -> Bool {
    if let actor, record.actor != actor { return false }
    if let type, record.type != type { return false }
    if let since, record.timestamp < since { return false }
    guard let object else { return true }
    return object.hasSuffix("/") ? record.object.hasPrefix(object) : record.object == object
  }
}
