package import Cryptography

/// One line of the log; its bytes are its canonical form (see `Notes.md`).
package struct AuditRecord: Sendable, Equatable {
  package var sequence: UInt64
  /// UTC, as `2026-11-23T22:44:24.123456Z`.
  package var timestamp: String
  package var workspaceID: String
  package var entry: AuditEntry
  /// The hash of the record before.
  package var previous: SHA256Digest
  package var hash: SHA256Digest

  package var actor: String { entry.actor }
  package var type: AuditEventType { entry.type }
  package var outcome: AuditOutcome { entry.outcome }
  package var object: String { entry.object }
  package var requestID: String { entry.requestID }
  package var before: SHA256Digest? { entry.before }
  package var after: SHA256Digest? { entry.after }
  /// The changes as they stand in the record: a list in JSON.
  package var changesText: String { RecordWriter.text(entry.changes) }

  /// Longest line in bytes, with its line feed.
  package static var longest: Int { 64 * 1024 }
}

/// What a chain starts from and how its links are made.
enum AuditChain {
  static let recordDomain = Array("sealpost audit record 1\n".utf8)
  static let firstDomain = Array("sealpost audit log 1\n".utf8)

  /// The `prev` of the first record: the log belongs to one workspace.
  static func first(workspaceID: String) -> SHA256Digest {
    SHA256.hash(firstDomain + Array(workspaceID.utf8))
  }

  /// The hash of a record from its line up to `,"hash":"`.
  static func hash(_ body: [UInt8]) -> SHA256Digest { SHA256.hash(recordDomain + body) }
}
