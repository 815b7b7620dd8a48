package import Cryptography

/// What verifying a log found.
package enum AuditVerdict: Sendable, Equatable {
  /// Every record is there, whole, and linked to the one before; the last record's hash says it for all.
  case sound(records: UInt64, lastHash: SHA256Digest)
  /// A record is not what was written; the first of them.
  case tampered(file: String, sequence: UInt64, offset: Int, reason: String)
  /// Bytes of a record whose writing was interrupted stand at the end; all before is sound.
  case tornTail(records: UInt64, bytes: Int)
  case missing(file: String)
  case unreadable(file: String, code: Int32)

  /// As `sealpost audit verify` ends: 0 sound, 1 tampered, 2 torn tail, 3 missing, 4 unreadable.
  package var exitCode: Int32 {
    switch self {
    case .sound: 0
    case .tampered: 1
    case .tornTail: 2
    case .missing: 3
    case .unreadable: 4
    }
  }
}
