import Glibc
internal import AuditLog
internal import Cryptography
internal import Workspace

/// `audit`: who changed and read what, and the proof that nobody altered the log.
enum AuditCommands {
  static let noun = Noun(
    name: "audit", summary: "The audit log",
    commands: [
      log, AuditVerifyCommand.command, AuditExportCommand.command, AuditReviewCommand.command,
      AuditCheckpointCommand.command, AuditReplaceKeyCommand.command,
    ])

  private static let follow = Option.flag(
    "follow", "Show the last records, then new ones as they come, until Ctrl-C")
  private static let actor = Option.value("actor", "USER", "Only records of this actor")
  private static let type = Option.value("type", "TYPE", "Only records of this event type")
  private static let object = Option.value(
    "object", "OBJECT", "Only records about this, or below it when it ends in a slash")
  static let since = Option.value(
    "since", "TIME", "Only records since a date, a time, or a span such as 12h or 7d")

  private static let log = Command(
    path: ["audit", "log"], summary: "Show the audit log",
    access: .viewer,
    details: ["With --follow and --json, each record is one line."],
    options: [follow, actor, type, object, since, .json],
    examples: [
      .init("sealpost audit log --since 7d", "the last week"),
      .init("sealpost audit log --object destination/clinic-file --json", "one destination"),
      .init("sealpost audit log --follow --actor ana@clinic.example", "watch one user"),
    ]
  ) { invocation in
    let query = try query(invocation)
    let workspace = try invocation.openWorkspace()
    if invocation.arguments.has(follow) {
      try AuditFollowing(invocation, workspace).show(query)
    } else {
      let records = try workspace.audit.records(matching: query)
      invocation.print(AuditText.table(records), json: .array(records.map(AuditText.json)))
    }
    return .done
  }

  private static func query(_ invocation: Invocation) throws -> AuditQuery {
    let arguments = invocation.arguments
    return AuditQuery(
      actor: arguments[actor], type: try eventType(arguments[type], invocation),
      object: arguments[object], since: try start(invocation))
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

  /// What `--since` means, as a beginning of a record's time.
  static func start(_ invocation: Invocation) throws -> String? {
    guard let text = invocation.arguments[since] else { return nil }
    guard let start = Calendar.start(text) else {
      throw CommandError.usage(
        "option \"\(since.typed)\"", invocation.command.name,
        "\"\(Printable.short(text))\" is no time", "Write it like 2026-11-23, 12h or 7d.")
    }
    // Records have microseconds: a time without them begins its second.
    return start.hasSuffix("Z") ? String(start.dropLast()) : start
  }
}

/// `audit log --follow`.
private struct AuditFollowing {
  private static let backlog = 10
  private static let pauseMicroseconds: useconds_t = 200_000
  /// Looks for new records between two looks whether the user may still see them: once a second.
  private static let roundsAdmitted = 5

  private let invocation: Invocation
  private let workspace: Workspace

  init(_ invocation: Invocation, _ workspace: Workspace) {
    self.invocation = invocation
    self.workspace = workspace
  }

  /// Returns at Ctrl-C, or when nobody reads any more.
  func show(_ query: AuditQuery) throws {
    StopSignal.install()
    var follower = AuditFollower(directory: workspace.layout.audit, workspaceID: workspace.id)
    var last: [AuditRecord] = []
    try follower.next(matching: query) { record in
      last.append(record)
      if query.since == nil, last.count > Self.backlog { last.removeFirst() }
    }
    for record in last { print(record) }
    var rounds = 0
    while !StopSignal.isAsked, invocation.console.outputFailure == nil {
      usleep(Self.pauseMicroseconds)
      rounds += 1
      if rounds % Self.roundsAdmitted == 0 { try Admission.readmit(invocation) }
      try follower.next(matching: query, print)
    }
  }

  private func print(_ record: AuditRecord) {
    invocation.console.data(
      invocation.wantsJSON
        ? AuditText.json(record).line : AuditText.line(record, invocation.console.output.painter))
  }
}
