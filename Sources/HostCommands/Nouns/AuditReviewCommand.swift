internal import AuditLog
internal import Workspace

/// `audit review`: who did what how often, what was denied, what was done out of hours.
enum AuditReviewCommand {
  private static let hours = Option.value(
    "hours", "FROM-TO", "Working hours, Monday to Friday (default: 7-19)")
  private static let offset = Option.value(
    "utc-offset", "+HH:MM", "The time zone of those hours (default: +00:00)")

  static let command = Command(
    path: ["audit", "review"], summary: "Review activity per user and event type",
    access: .viewer,
    details: [
      """
      For the regular review of information system activity (45 CFR 164.308(a)(1)(ii)(D)). That it \
      was reviewed is recorded before anything is shown.
      """
    ],
    options: [AuditCommands.since, hours, offset, .json],
    examples: [
      .init("sealpost audit review --since 7d", "the last week"),
      .init("sealpost audit review --since 30d --hours 8-18 --utc-offset +01:00", "local hours"),
    ]
  ) { invocation in
    let query = AuditQuery(since: try AuditCommands.start(invocation))
    var review = AuditReview(hours: try workingHours(invocation))
    let workspace = try invocation.openWorkspace()
    try workspace.record(
      .auditLogReviewed, object: "audit",
      changes: query.since.map { [AuditChange(setting: "since", old: "", new: $0)] } ?? [])
    try workspace.audit.forEachRecord(matching: query) { review.note($0) }
    invocation.print(table(review.lines), json: .array(review.lines.map(json)))
    return .done
  }

  private static func workingHours(_ invocation: Invocation) throws -> WorkingHours {
    var result = WorkingHours()
    if let text = invocation.arguments[hours] {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let from = parts[0], let to = parts[1], 0 <= from, from < to, to <= 24
      else { throw wrong(hours, text, "Write it like 7-19.", invocation) }
      (result.from, result.to) = (from, to)
    }
    if let text = invocation.arguments[offset] {
      guard let match = text.wholeMatch(of: #/([+-])(\d\d):([0-5]\d)/#),
        let hour = Int(match.2), let minute = Int(match.3), hour <= 14
      else { throw wrong(offset, text, "Write it like +01:00.", invocation) }
      result.offsetMinutes = (match.1 == "-" ? -1 : 1) * (hour * 60 + minute)
    }
    return result
  }

  private static func wrong(
    _ option: Option, _ text: String, _ mend: String, _ invocation: Invocation
  ) -> CommandError {
    CommandError.usage(
      "option \"\(option.typed)\"", invocation.command.name,
      "\"\(Printable.short(text))\" is not understood", mend)
  }

  private static func table(_ lines: [AuditReview.Line]) -> Table {
    Table(
      columns: [
        .init("actor"), .init("event", isFlexible: true), .init("count", isNumber: true),
        .init("failed", isNumber: true), .init("denied", isNumber: true),
        .init("out of hours", isNumber: true), .init("last"),
      ],
      rows: lines.map { line in
        [
          .init(line.actor), .init(line.type.rawValue), .init("\(line.count)"),
          count(line.failed), count(line.denied), count(line.outOfHours),
          .init("\(line.last.prefix(19))Z"),
        ]
      })
  }

  private static func count(_ number: Int) -> Table.Cell {
    .init("\(number)", number > 0 ? .yellow : .dim)
  }

  private static func json(_ line: AuditReview.Line) -> JSONText {
    .object([
      ("actor_user_id", .string(line.actor)), ("event_type", .string(line.type.rawValue)),
      ("count", .integer(line.count)), ("failed", .integer(line.failed)),
      ("denied", .integer(line.denied)), ("out_of_hours", .integer(line.outOfHours)),
      ("last", .string(line.last)),
    ])
  }
}
