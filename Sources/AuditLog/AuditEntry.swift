package import Cryptography

/// A setting that changed, with its value before and after; a secret's values are `(secret)`.
package struct AuditChange: Sendable, Equatable {
  package var setting: String
  package var old: String
  package var new: String

  package init(setting: String, old: String, new: String) {
    self.setting = setting
    self.old = old
    self.new = new
  }
}

/// What is to be written: everything of a record but its place in the log.
///
/// Never a field value, a key or a secret.
package struct AuditEntry: Sendable, Equatable {
  /// Who: the user's id, written as `actor_user_id`.
  package var actor: String
  package var type: AuditEventType
  /// The end user whose data it is about, where there is one.
  package var endUserID: String
  package var outcome: AuditOutcome
  /// The same in every record of one request.
  package var requestID: String
  /// Such as `destination/webhook-1`.
  package var object: String
  /// Digests of the object's document before and after.
  package var before: SHA256Digest?
  package var after: SHA256Digest?
  package var changes: [AuditChange]

  package init(
    actor: String, type: AuditEventType, endUserID: String = "", outcome: AuditOutcome,
    requestID: String, object: String, before: SHA256Digest? = nil, after: SHA256Digest? = nil,
    changes: [AuditChange] = []
  ) {
    self.actor = actor
    self.type = type
    self.endUserID = endUserID
    self.outcome = outcome
    self.requestID = requestID
    self.object = object
    self.before = before
    self.after = after
    self.changes = changes
  }
}
