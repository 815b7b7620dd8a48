package import Cryptography
internal import WorkspaceSnapshot

/// Whose configuration this folder runs, and which one: the document `replica.json`; none in a workspace of its own.
package struct Replica: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  package let workspaceID: String
  /// The one key whose snapshots are taken: the SHA-256 of the public key, given when the replica was made.
  package let keyID: String
  /// The highest that was taken here.
  package let sequence: Int
  /// Of the snapshot's file.
  package let sha256: SHA256Digest
  /// At the origin; RFC 3339, UTC.
  package let takenAt: String
  package let appliedAt: String
  /// What the snapshot's checkpoint tells of the origin's audit log.
  package let auditRecords: Int

  /// As messages and records name it.
  package var origin: String { "workspace \(workspaceID) (key \(keyID.prefix(16))…)" }
  package var title: String { "snapshot \(sequence) of \(takenAt)" }

  /// What the audit log tells of it, here and where a run begins.
  package var audited: [(String, String)] {
    [
      ("snapshot.origin", workspaceID), ("snapshot.key_id", keyID),
      ("snapshot.sequence", String(sequence)), ("snapshot.sha256", sha256.hex),
      ("snapshot.taken_at", takenAt), ("snapshot.audit_records", String(auditRecords)),
    ]
  }

  /// Since the snapshot was taken.
  package var ageSeconds: Int { Timestamp.secondsNow - takenSeconds }
  /// Since 1970.
  package var takenSeconds: Int { Timestamp.seconds(takenAt) ?? 0 }

  init(_ snapshot: Snapshot, auditRecords: Int) {
    workspaceID = snapshot.index.workspaceID
    keyID = snapshot.key.id
    sequence = snapshot.index.sequence
    sha256 = snapshot.sha256
    takenAt = snapshot.index.takenAt
    appliedAt = Timestamp.now
    self.auditRecords = auditRecords
  }

  private enum CodingKeys: String, CodingKey {
    case format, sequence, sha256
    case workspaceID = "workspace_id"
    case keyID = "key_id"
    case takenAt = "taken_at"
    case appliedAt = "applied_at"
    case auditRecords = "audit_records"
  }
}
