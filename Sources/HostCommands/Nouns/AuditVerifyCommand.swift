import Glibc
internal import AuditLog
internal import Cryptography
internal import Workspace

/// `audit verify`: reads the whole log, and says whether it is what was written.
enum AuditVerifyCommand {
  private static let publicKey = Option.value(
    "public-key", "F", "A key of this log that you kept: PEM, or a note's verifier key")
  private static let checkpoint = Option.repeated(
    "checkpoint", "F", "A checkpoint that you kept: the log must still begin with its records")

  static let command = Command(
    path: ["audit", "verify"], summary: "Verify that no record was changed, added or removed",
    access: .everyone,
    details: [
      """
      A log alone cannot show that somebody who holds its newest key cut off its end, or wrote all \
      of it anew. Keep checkpoints, or the first public key, on another machine and give them here.
      """
    ],
    options: [publicKey, checkpoint, .json],
    examples: [
      .init("sealpost audit verify --workspace clinic", "read and check every record"),
      .init("sealpost audit verify --checkpoint saved.note", "and that it grew from that one"),
    ],
    exitCodes: [
      (.done, "sound"), (.no, "a record or a checkpoint was changed"),
      (ExitCode(rawValue: 2), "the last record is cut off"),
      (ExitCode(rawValue: 3), "a file is missing, or the log is shorter than a checkpoint says"),
      (ExitCode(rawValue: 4), "the log cannot be read"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let verdict = try Workspace.auditVerdict(
      at: invocation.workspacePath, saved: arguments.all(checkpoint).map(saved),
      publicKey: arguments[publicKey].map(key))
    if invocation.wantsJSON {
      invocation.console.data(json(verdict))
    } else {
      invocation.console.data(text(verdict) + "\n")
    }
    record(verdict, invocation)
    return ExitCode(rawValue: verdict.exitCode)
  }

  private static func saved(_ path: String) throws -> (path: String, checkpoint: Checkpoint) {
    let bytes = try InputFile.read(path, limit: Checkpoint.longest)
    return (path, try Checkpoint(bytes, path: path))
  }

  private static func key(_ path: String) throws -> [UInt8] {
    let bytes = try InputFile.read(path, limit: SecretBytes.maximumFileSize)
    return try AuditPublicKey.bytes(of: bytes, path: path)
  }

  /// That it was verified is in the log too, unless the log can take no record.
  private static func record(_ verdict: AuditVerdict, _ invocation: Invocation) {
    guard case .sound(let summary) = verdict else { return }
    do {
      try invocation.recordingWorkspace().record(
        .auditLogVerified, object: "audit",
        changes: [
          AuditChange(setting: "records", old: "", new: "\(summary.records)"),
          AuditChange(setting: "root", old: "", new: summary.root.hex),
        ])
    } catch {
      invocation.console.warning("that it was verified is not in the log: \(error)")
    }
  }
}

// MARK: - Output

extension AuditVerifyCommand {
  static func text(_ verdict: AuditVerdict) -> String {
    switch verdict {
    case .sound(let summary):
      "sound: \(Count.of(Int(clamping: summary.records), "record")), the last has the hash "
        + summary.lastHash.hex
        + summary.replacements.map {
          "\nrecord \($0) replaced a lost key: what was not signed then is vouched for by the chain alone"
        }.joined()
    case .tampered(let file, let sequence, let offset, let reason):
      "TAMPERED: record \(sequence), \(file) at offset \(offset): \(reason)"
    case .tornTail(let summary, let bytes):
      "torn tail: \(Count.of(Int(clamping: summary.records), "record")) sound, then \(Count.of(bytes, "byte")) "
        + "of a record whose writing was interrupted; the next command sets them aside"
    case .missing(let file): "missing: \(file)"
    case .rolledBack(let file, let records, let expected):
      "ROLLED BACK: \(file) tells of \(Count.of(Int(clamping: expected), "record")), and there are "
        + "\(records)"
    case .unreadable(let file, let code):
      "unreadable: \(file): \(unsafe String(cString: strerror(code)))"
    }
  }

  static func json(_ verdict: AuditVerdict) -> JSONText {
    switch verdict {
    case .sound(let summary):
      .object([("verdict", .string("sound"))] + members(summary))
    case .tampered(let file, let sequence, let offset, let reason):
      .object([
        ("verdict", .string("tampered")), ("file", .string(file)),
        ("seq", .integer(Int(clamping: sequence))), ("offset", .integer(offset)),
        ("reason", .string(reason)),
      ])
    case .tornTail(let summary, let bytes):
      .object(
        [("verdict", .string("torn_tail"))] + members(summary) + [("bytes", .integer(bytes))])
    case .missing(let file):
      .object([("verdict", .string("missing")), ("file", .string(file))])
    case .rolledBack(let file, let records, let expected):
      .object([
        ("verdict", .string("rolled_back")), ("file", .string(file)),
        ("records", .integer(Int(clamping: records))),
        ("expected", .integer(Int(clamping: expected))),
      ])
    case .unreadable(let file, let code):
      .object([
        ("verdict", .string("unreadable")), ("file", .string(file)), ("errno", .integer(Int(code))),
      ])
    }
  }

  private static func members(_ summary: AuditSummary) -> [(String, JSONText)] {
    [
      ("records", .integer(Int(clamping: summary.records))),
      ("last_hash", .string(summary.lastHash.hex)), ("root", .string(summary.root.hex)),
      ("signed_records", .integer(Int(clamping: summary.covered))),
      ("lost_keys_replaced", .array(summary.replacements.map { .integer(Int(clamping: $0)) })),
      ("verifier_keys", .strings(summary.signers.map(summary.verifierKey))),
    ]
  }
}
