package import Cryptography
internal import Glibc

/// What verifying a log found.
package enum AuditVerdict: Sendable, Equatable {
  /// Every record is there, whole, linked to the one before, and as the checkpoints say.
  case sound(AuditSummary)
  /// A record or a checkpoint is not what was written; the first of them.
  case tampered(file: String, sequence: UInt64, offset: Int, reason: String)
  /// Bytes of a record whose writing was interrupted stand at the end; all before is sound.
  case tornTail(AuditSummary, bytes: Int)
  case missing(file: String)
  /// A checkpoint tells of more records than there are.
  case rolledBack(file: String, records: UInt64, expected: UInt64)
  case unreadable(file: String, code: Int32)

  /// As `sealpost audit verify` ends: 0 sound, 1 tampered, 2 torn tail, 3 missing or rolled back, 4 unreadable.
  package var exitCode: Int32 {
    switch self {
    case .sound: 0
    case .tampered: 1
    case .tornTail: 2
    case .missing, .rolledBack: 3
    case .unreadable: 4
    }
  }
}

/// What a sound log is.
package struct AuditSummary: Sendable, Equatable {
  package let records: UInt64
  /// The last record's hash says it for all.
  package let lastHash: SHA256Digest
  /// The RFC 6962 root over all lines.
  package let root: SHA256Digest
  /// Records that a signed checkpoint covers; 0 for a log that has none.
  package let covered: UInt64
  /// The log's name in its checkpoints.
  package let origin: String
  /// The keys in their order.
  package let signers: [AuditSigner]

  /// Records by which a key took the place of one that was lost: what stood behind the newest checkpoint then is
  /// vouched for by the chain alone.
  package var replacements: [UInt64] { signers.filter(\.isReplacement).map { $0.since + 1 } }

  /// A key as a verifier of signed notes takes it.
  package func verifierKey(_ signer: AuditSigner) -> String {
    NoteKey(name: origin, key: signer.publicKey).text
  }
}

extension AuditVerdict {
  init(_ error: AuditError, _ directory: String) {
    switch error {
    case .tampered(let path, let sequence, let offset, let reason):
      self = .tampered(file: path, sequence: sequence, offset: offset, reason: reason)
    case .missing(let path): self = .missing(file: path)
    case .rolledBack(let path, let records, let expected):
      self = .rolledBack(file: path, records: records, expected: expected)
    case .cannotOpen(let path, let code): self = .unreadable(file: path, code: code)
    default: self = .unreadable(file: directory, code: EIO)
    }
  }
}
