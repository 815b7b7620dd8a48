package import Cryptography

/// Why a snapshot is not taken for what it says; never a value, a secret or a key of it.
package enum SnapshotError: Error, Equatable {
  case notASnapshot
  case formatTooNew(Int)
  case tooLarge(maximum: Int)
  case otherKey(found: String, expected: String)
  case damaged(String)
  case otherStorageKey
  // What a replica refuses, though it is a sound snapshot.
  case otherWorkspace(found: String, expected: String)
  case rolledBack(sequence: Int, highest: Int)
  case sequenceTwice(Int)
  case auditLogRolledBack(records: Int, expected: Int)
  case unfit(String)
  case cryptography(CryptographyError)
}

extension SnapshotError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notASnapshot:
      "it is no snapshot of a workspace. Name a file that `sealpost workspace snapshot` wrote."
    case .formatTooNew(let format):
      "its format is \(format) and this version knows \(SnapshotIndex.currentFormat). "
        + "Use a newer sealpost."
    case .tooLarge(let maximum):
      "it is, or says that it is, longer than \(maximum) bytes. Take another."
    case .otherKey(let found, let expected):
      "it is signed with the key \(found.prefix(16))…, and not with \(expected.prefix(16))…, which is "
        + "trusted here. Get the right file; if the origin has a new key, see: "
        + "sealpost help workspace replicate"
    case .damaged(let reason): "\(reason): it was changed or cut off. Get it again, whole."
    case .otherStorageKey:
      "its contents are sealed under another storage key than the one here. "
        + "Install the origin's: sealpost help workspace replicate"
    case .otherWorkspace(let found, let expected):
      "it is of the workspace \(found), and this is a replica of \(expected). Get the right file."
    case .rolledBack(let sequence, let highest):
      "its sequence is \(sequence), and \(highest) was taken here before. Get the newest one."
    case .sequenceTwice(let sequence):
      "its sequence \(sequence) was taken here before, with other content. Find out who made two; "
        + "then take a newer one at the origin."
    case .auditLogRolledBack(let records, let expected):
      "its checkpoint tells of \(records) records of the origin's audit log, and an earlier one of "
        + "\(expected): that log was cut. Run at the origin: sealpost audit verify"
    case .unfit(let reason): "what is in it does not hold: \(reason)"
    case .cryptography(let error): error.description
    }
  }
}
