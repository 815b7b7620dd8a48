import Glibc
internal import AuditLog
internal import Cryptography
internal import Workspace

/// `audit`: who changed and read what, and the proof that nobody altered the log.
enum AuditCommands {
  static let noun = Noun(name: "audit", summary: "The audit log", commands: [log, verify])

  private static let actor = Option.value("actor", "USER", "Only records of this actor")
  private static let type = Option.value("type", "TYPE", "Only records of this event type")
  private static let object = Option.value(
    "object", "OBJECT", "Only records about this, or below it when it ends in a slash")
  private static let since = Option.value(
    "since", "TIME", "Only records since a date, a time, or a span such as 12h or 7d")

  private static let log = Command(
    path: ["audit", "log"], summary: "Show the audit log",
    access: .viewer,
    options: [actor, type, object, since, .json],
    examples: [
      .init("sealpost audit log --since 7d", "the last week"),
      .init("sealpost audit log --object destination/clinic-file --json", "one destination"),
    ]
  ) { invocation in
    let query = try query(invocation)
    let records = try invocation.openWorkspace().audit.records(matching: query)
    invocation.print(table(records), json: .array(records.map(json)))
    return .done
  }

  private static let verify = Command(
    path: ["audit", "verify"], summary: "Verify that no record was changed, added or removed",
    access: .everyone,
    options: [.json],
    examples: [.init("sealpost audit verify --workspace clinic", "read and check every record")],
    exitCodes: [
      (.done, "sound"), (.no, "a record was changed"),
      (ExitCode(rawValue: 2), "the last record is cut off"),
      (ExitCode(rawValue: 3), "the log is missing"),
      (ExitCode(rawValue: 4), "the log cannot be read"),
    ]
  ) { invocation in
    let verdict = try Workspace.auditVerdict(at: invocation.workspacePath)
    if invocation.wantsJSON {
      invocation.console.data(json(verdict))
    } else {
      invocation.console.data(text(verdict) + "\n")
    }
    return ExitCode(rawValue: verdict.exitCode)
  }

  private static func query(_ invocation: Invocation) throws -> AuditQuery {
    let arguments = invocation.arguments
    return AuditQuery(
      actor: arguments[actor], type: try eventType(arguments[type], invocation),
      object: arguments[object], since: try start(arguments[since], invocation))
  }

  private static func eventType(
    _ text: String?, _ invocation: Invocation
  ) throws -> AuditEventType? {
    guard let text else { return nil }
    let all = AuditEventType.allCases
    if let type = all.first(where: { $0.rawValue.lowercased() == text.lowercased() }) {
      return type
    }
    let near = Suggestion.nearest(to: text, among: all.map(\.rawValue))
    throw CommandError.usage(
      "event type \"\(Printable.short(text))\"", invocation.command.name,
      "there is none of that name",
      near.map { "Did you mean \"\($0)\"?" } ?? "See the names in: sealpost audit log")
  }

  private static func start(_ text: String?, _ invocation: Invocation) throws -> String? {
    guard let text else { return nil }
    guard let start = Calendar.start(text) else {
      throw CommandError.usage(
        "option \"\(since.typed)\"", invocation.command.name,
        "\"\(Printable.short(text))\" is no time", "Write it like 2026-11-23, 12h or 7d.")
    }
    // Records have microseconds: a time without them begins its second.
    return start.hasSuffix("Z") ? String(start.dropLast()) : start
  }
}

// MARK: - Output

extension AuditCommands {
  private static func table(_ records: [AuditRecord]) -> Table {
    Table(
      columns: [
        .init("seq", isNumber: true), .init("timestamp"), .init("actor"), .init("event"),
        .init("outcome"), .init("object"), .init("changes", isFlexible: true),
      ],
      rows: records.map { record in
        [
          .init("\(record.sequence)"), .init("\(record.timestamp.prefix(19))Z"),
          .init(record.actor), .init(record.type.rawValue),
          .init(record.outcome.rawValue, tint(record.outcome)), .init(record.object),
          .init(record.entry.changes.map(text).joined(separator: "; ")),
        ]
      })
  }

  private static func tint(_ outcome: AuditOutcome) -> Painter.Tint? {
    switch outcome {
    case .intent: .dim
    case .ok: .green
    case .failed, .denied: .red
    }
  }

  private static func text(_ change: AuditChange) -> String {
    let new = change.new.count > 60 ? change.new.prefix(59) + "…" : change.new
    return change.old.isEmpty
      ? "\(change.setting)=\(new)" : "\(change.setting): \(change.old) → \(new)"
  }

  private static func json(_ record: AuditRecord) -> JSONText {
    .object([
      ("seq", .integer(Int(clamping: record.sequence))), ("timestamp", .string(record.timestamp)),
      ("workspace_id", .string(record.workspaceID)), ("actor_user_id", .string(record.actor)),
      ("event_type", .string(record.type.rawValue)),
      ("end_user_id", .string(record.entry.endUserID)),
      ("outcome", .string(record.outcome.rawValue)), ("request_id", .string(record.requestID)),
      ("object", .string(record.object)),
      ("before", .optional(record.before.map { "sha256:\($0.hex)" })),
      ("after", .optional(record.after.map { "sha256:\($0.hex)" })),
      (
        "changes",
        .array(
          record.entry.changes.map { change in
            .object([
              ("setting", .string(change.setting)), ("old", .string(change.old)),
              ("new", .string(change.new)),
            ])
          })
      ), ("hash", .string(record.hash.hex)),
    ])
  }

  private static func text(_ verdict: AuditVerdict) -> String {
    switch verdict {
    case .sound(let summary):
      "sound: \(Count.of(Int(clamping: summary.records), "record")), the last has the hash "
        + summary.lastHash.hex
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

  private static func json(_ verdict: AuditVerdict) -> JSONText {
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
      ("verifier_keys", .strings(summary.signers.map(summary.verifierKey))),
    ]
  }
}
