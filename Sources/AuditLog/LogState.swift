internal import Cryptography

/// Where a log stands behind a record: all that holding the next one against it needs.
struct LogState: Sendable, Equatable {
  var sequence: UInt64 = 0
  var timestamp = ""
  var hash: SHA256Digest
  var segment = 1
  /// In the segment.
  var offset = 0
  var tree = MerkleFrontier()
  var signer: AuditSigner?

  /// Before the first record of a workspace's log.
  init(workspaceID: String) { hash = AuditChain.first(workspaceID: workspaceID) }

  /// The record that would follow; its hash is not computed yet.
  func next(_ entry: AuditEntry, _ workspaceID: String) -> AuditRecord {
    AuditRecord(
      sequence: sequence + 1, timestamp: AuditTime.now(notBefore: timestamp),
      workspaceID: workspaceID, entry: entry, previous: hash, hash: hash)
  }

  /// Goes behind a record whose line has that many bytes; the tree stays where it is.
  mutating func advance(_ record: AuditRecord, _ length: Int) {
    sequence = record.sequence
    timestamp = record.timestamp
    hash = record.hash
    offset += length
  }
}
