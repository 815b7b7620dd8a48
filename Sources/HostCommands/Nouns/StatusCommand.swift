internal import DeliveryQueue
internal import Eligibility
internal import Workspace

/// `status`: the host and every destination on one screen.
enum StatusCommand {
  static let noun = Noun(
    name: "status", summary: "What runs, what waits, what went wrong", commands: [command])

  private static let command = Command(
    path: ["status"],
    summary: "Show whether a host runs, and each destination's state, sandbox and backlog",
    access: .viewer,
    details: [
      """
      The sandbox is what held the adapter's worker when it was last loaded. It may be asked while a host \
      runs, and reads only what lies in the workspace.
      """
    ],
    options: [.json],
    examples: [.init("sealpost status", "one line for each destination")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let likely = try LikelyInClear(workspace)
    let destinations = try workspace.destinations().map { try Standing($0, workspace, likely) }
    let host = try workspace.hostProcess()
    if invocation.wantsJSON {
      invocation.console.data(
        .object([
          ("workspace", .string(workspace.settings.name)), ("host_running", .bool(host != nil)),
          ("host_pid", host?.pid.map { .integer(Int($0)) } ?? .null),
          ("eligible", .bool(workspace.settings.standing.decide(on: .today).allowed)),
          ("destinations", .array(destinations.map(\.json))),
        ]))
    } else {
      invocation.console.data(text(workspace, host))
      if !destinations.isEmpty { invocation.console.data(table(destinations)) }
    }
    likely.warn(on: invocation.console)
    for damage in workspace.damage { invocation.console.warning("\(damage)") }
    return .done
  }

  private static func text(_ workspace: Workspace, _ host: HostProcess?) -> String {
    let state = host.map { "a host runs\($0.pid.map { ", pid \($0)" } ?? "")" } ?? "no host runs"
    return "\(Printable.text(workspace.settings.name)): \(state)\n"
  }

  private static func table(_ destinations: [Standing]) -> Table {
    Table(
      columns: [
        .init("destination"), .init("state", isFlexible: true),
        .init("sandbox", isFlexible: true), .init("waiting", isNumber: true), .init("oldest"),
        .init("dead letters", isNumber: true), .init("last failure", isFlexible: true),
      ],
      rows: destinations.map(\.cells))
  }
}

/// One destination as `status` shows it.
private struct Standing {
  private let id: String
  private let state: String
  private let history: WorkerHistory
  private let queue: QueueSurvey
  private let deadLetters: Int
  private let likelyInClear: [String]

  init(_ destination: Destination, _ workspace: Workspace, _ likely: LikelyInClear) throws {
    likelyInClear = likely.paths(at: destination.id)
    id = destination.id
    state = destination.enabled ? DestinationCommands.state(destination, workspace) : "off"
    history = try workspace.workerHistory(of: destination.id)
    queue = try QueueSurvey(folder: workspace.queueFolder(of: destination.id))
    deadLetters = try workspace.deadLetters(of: destination.id).count()
  }

  private var oldest: String? {
    queue.oldestUnixMilliseconds.map { Calendar.timestamp(secondsSince1970: Int($0 / 1000)) }
  }

  var cells: [Table.Cell] {
    [
      .init(id), .init(state), .init(history.sandbox ?? "(never loaded)"),
      .init(Count.grouped(queue.waiting)), .init(oldest ?? ""),
      .init(Count.grouped(deadLetters)),
      .init(history.lastFailure.map { "\($0.at): \(Printable.text($0.reason))" } ?? ""),
    ]
  }

  var json: JSONText {
    .object([
      ("id", .string(id)), ("state", .string(state)),
      ("waiting", .integer(queue.waiting)), ("oldest", .optional(oldest)),
      ("dead_letters", .integer(deadLetters)),
      ("likely_personal_data_in_clear", .strings(likelyInClear)),
      ("worker", WorkerHistoryText.json(history)),
    ])
  }
}
