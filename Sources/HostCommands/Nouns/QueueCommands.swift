internal import DeliveryQueue
internal import Workspace

/// `queue`: what waits for a destination.
enum QueueCommands {
  static let noun = Noun(
    name: "queue", summary: "Events that wait for a destination",
    commands: [show, pause, resume, purge])

  private static let id = Operand("ID", "The destination's id")

  private static let show = Command(
    path: ["queue", "show"], summary: "Show what waits in a destination's queue", access: .viewer,
    details: ["It may be asked while a host runs."], operands: [id], options: [.json],
    examples: [.init("sealpost queue show clinic-file", "how many events wait, and since when")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destination = try workspace.destination(invocation.arguments.required(id))
    let survey = try QueueSurvey(folder: workspace.queueFolder(of: destination.id))
    let paused = destination.delivery?.isPaused ?? false
    invocation.print(
      Table.pairs([
        ("destination", .init(destination.id)), ("paused", .init(paused ? "yes" : "no")),
        ("waiting", .init("\(Count.grouped(survey.waiting))")),
        ("bytes", .init(Count.grouped(survey.bytes))),
        ("segments", .init(Count.grouped(survey.segments))),
        ("oldest", .init(survey.oldestUnixMilliseconds.map { time($0) } ?? "")),
        ("set aside", .init(Count.grouped(survey.damagedFiles))),
      ]),
      json: .object([
        ("id", .string(destination.id)), ("paused", .bool(paused)),
        ("waiting", .integer(survey.waiting)), ("bytes", .integer(survey.bytes)),
        ("segments", .integer(survey.segments)),
        (
          "oldest",
          survey.oldestUnixMilliseconds.map { .string(time($0)) } ?? .null
        ), ("damaged_files", .integer(survey.damagedFiles)),
      ]))
    return .done
  }

  private static func time(_ milliseconds: Int64) -> String {
    Calendar.timestamp(secondsSince1970: Int(milliseconds / 1000))
  }

  private static let pause = Command(
    path: ["queue", "pause"], summary: "Keep a destination's events in its queue", access: .editor,
    details: ["A host that runs takes it at once; events are accepted all the same."],
    operands: [id],
    examples: [.init("sealpost queue pause clinic-file", "nothing more is sent to it")]
  ) { invocation in try set(paused: true, invocation) }

  private static let resume = Command(
    path: ["queue", "resume"], summary: "Deliver a destination's queue again", access: .editor,
    operands: [id],
    examples: [.init("sealpost queue resume clinic-file", "what waits is sent first")]
  ) { invocation in try set(paused: false, invocation) }

  private static func set(paused: Bool, _ invocation: Invocation) throws -> ExitCode {
    let workspace = try invocation.openWorkspace()
    let destination = invocation.arguments.required(id)
    try workspace.setDelivery(of: destination) { $0.paused = paused ? true : nil }
    invocation.console.note("Queue of \(destination) \(paused ? "paused" : "resumed")")
    return .done
  }

  private static let purge = Command(
    path: ["queue", "purge"], summary: "Throw away every event that waits for a destination",
    access: .owner,
    details: ["They are gone for good. No host may be running."], operands: [id], options: [.yes],
    examples: [.init("sealpost queue purge clinic-file --yes", "without a question")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destination = try workspace.destination(invocation.arguments.required(id))
    let question = "Throw away every event that waits for \(destination.id)?"
    guard try invocation.isConfirmed(question) else { return .no }
    let lock = try HostLock(workspace)
    defer { withExtendedLifetime(lock) {} }
    let queue = try DeliveryQueue(
      folder: workspace.queueFolder(of: destination.id),
      key: workspace.queueKey(of: destination.id),
      settings: QueueSettings(name: destination.id))
    try workspace.recordQueuePurge(of: destination.id, events: queue.state.waiting)
    let count = try queue.purge()
    try queue.close()
    invocation.console.note("\(Count.of(count, "event")) thrown away")
    return .done
  }
}
