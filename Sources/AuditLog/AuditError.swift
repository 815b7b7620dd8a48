internal import Glibc

/// Why the log cannot be read or written: what, about which file, why, and the mend.
package enum AuditError: Error, Equatable, Sendable {
  case cannotOpen(path: String, code: Int32)
  case cannotWrite(path: String, code: Int32)
  /// The record was written, but whether it is on the disk is not known; the descriptor is not used again.
  case notDurable(path: String, code: Int32)
  case tampered(path: String, sequence: UInt64, offset: Int, reason: String)
  case missing(path: String)
  case recordTooLong(bytes: Int)
  /// The file under the log's name is another one than the log that was opened.
  case replaced(path: String)
  /// A signed checkpoint, or a key, tells of records that are not there.
  case rolledBack(path: String, records: UInt64, expected: UInt64)
  case keyUnknown(path: String)
  case keyMissing(path: String)
  case keyUnusable(path: String, reason: String)
  /// It was to be replaced as a lost one, and is there.
  case keyInPlace(path: String)
  case notACheckpoint(path: String, reason: String)
  case notAPublicKey(path: String)
}

extension AuditError: CustomStringConvertible {
  package var description: String { recordsDescription ?? signingDescription ?? "" }

  private var recordsDescription: String? {
    switch self {
    case .cannotOpen(let path, let code):
      "audit log \(path) cannot be opened: \(text(code)). Check its owner and permissions."
    case .cannotWrite(let path, let code):
      "audit log \(path) cannot be written: \(text(code)). Make room or mend the permissions; "
        + "until then nothing that must be audited happens."
    case .notDurable(let path, let code):
      "audit log \(path) may not be on the disk: \(text(code)). Check the disk, then start again."
    case .tampered(let path, let sequence, let offset, let reason):
      "audit log \(path) was changed: \(sequence > 0 ? "record \(sequence) at " : "")offset "
        + "\(offset): \(reason). Put back a saved copy; see: sealpost audit verify"
    case .missing(let path):
      "audit log: \(path) is missing. Put back a saved copy; see: sealpost audit verify"
    case .recordTooLong(let bytes):
      "audit record not written: it has \(bytes) bytes, the limit is \(AuditRecord.longest). "
        + "Make the change in smaller steps."
    case .replaced(let path):
      "audit log \(path) was replaced while it was open. Start again; see: sealpost audit verify"
    default: nil
    }
  }

  private var signingDescription: String? {
    switch self {
    case .rolledBack(let path, let records, let expected):
      "audit log: \(path) tells of \(expected) records, and there are \(records): the others were cut "
        + "off, or an old copy was put back. Put back the newest copy; see: sealpost audit verify"
    case .keyUnknown(let path):
      "audit log: \(path) is the key of a segment that is not there: an old copy of the log was put "
        + "back. Put back the newest copy; see: sealpost audit verify"
    case .keyMissing(let path):
      "audit log: \(path) is missing, which signs its checkpoints; until it is back nothing that must "
        + "be audited happens. \(Self.mendOfKey)"
    case .keyUnusable(let path, let reason):
      "audit log: \(path) cannot sign: \(reason); until it can nothing that must be audited happens. "
        + Self.mendOfKey
    case .keyInPlace(let path):
      "audit log: \(path) is there and is the log's key: nothing was lost, and nothing changed."
    case .notACheckpoint(let path, let reason):
      "checkpoint refused, \(path): \(reason). Give a note that sealpost audit checkpoint printed."
    case .notAPublicKey(let path):
      "public key refused, \(path): it is neither an Ed25519 PUBLIC KEY in PEM nor a note's verifier key. "
        + "Give what sealpost audit checkpoint --public-key-output wrote."
    default: nil
    }
  }

  private static let mendOfKey =
    "Put back the saved copy, mode 0600; if there is none: sealpost audit replace-key"

  /// Whether the log is sound and only its private key is not at hand.
  var isAboutLostKey: Bool {
    switch self {
    case .keyMissing, .keyUnusable: true
    default: false
    }
  }

  private func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
