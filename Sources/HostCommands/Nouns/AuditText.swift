internal import AuditLog
internal import Cryptography

/// A record for people and as JSON.
enum AuditText {
  static func table(_ records: [AuditRecord]) -> Table {
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

  static func json(_ record: AuditRecord) -> JSONText {
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

  /// One record in one line.
  static func line(_ record: AuditRecord, _ painter: Painter) -> String {
    let words = [
      "\(record.timestamp.prefix(19))Z", record.actor, record.type.rawValue,
      record.outcome.rawValue, record.object,
      record.entry.changes.map(text).joined(separator: "; "),
    ]
    let line = words.map(Printable.text).filter { !$0.isEmpty }.joined(separator: "  ")
    return painter.paint(line, record.outcome == .ok ? nil : tint(record.outcome)) + "\n"
  }
}
