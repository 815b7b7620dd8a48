internal import DeliveryQueue
internal import DestinationHost
import Glibc
internal import Workspace

/// One destination as `status` shows it.
struct Standing {
  private let id: String
  private let state: String
  private let history: WorkerHistory
  private let queue: QueueSurvey
  private let deadLetters: Int
  /// Letters that wait to be delivered once more.
  private let redriven: Int
  private let likelyInClear: [String]
  /// Nil while no host runs, or for a destination that is off.
  private let live: HostStatus.Destination?

  init(
    _ destination: Destination, _ workspace: Workspace, _ likely: LikelyInClear, _ host: HostStatus?
  ) throws {
    likelyInClear = likely.paths(at: destination.id)
    live = host?.destination(destination.id)
    id = destination.id
    state = destination.enabled ? DestinationText.state(destination, workspace) : "off"
    history = try workspace.workerHistory(of: destination.id)
    queue = try QueueSurvey(folder: workspace.queueFolder(of: destination.id))
    deadLetters = try workspace.deadLetters(of: destination.id).count()
    redriven = try workspace.redriven(to: destination.id).count()
  }

  private var oldest: String? {
    queue.oldestUnixMilliseconds.map { Calendar.timestamp(secondsSince1970: Int($0 / 1000)) }
  }

  /// How long the oldest event has waited.
  private var age: String {
    queue.oldestUnixMilliseconds.map { Count.time(max(0, Int(time(nil)) - Int($0 / 1000))) } ?? ""
  }

  /// The last thing that went wrong: in this run, else by the audit log.
  private var lastError: String {
    if let error = live?.lastError {
      let time = Calendar.timestamp(secondsSince1970: error.unixSeconds)
      return "\(time): \(Printable.text(error.text))"
    }
    return history.lastFailure.map { "\($0.at): \(Printable.text($0.reason))" } ?? ""
  }

  /// With what the running host makes of a destination that is ready.
  private var stateNow: String {
    guard state == "ready", let live, live.state != "running" else { return state }
    return live.state + (live.reason.map { ": \(Printable.text($0))" } ?? "")
  }

  /// All of them; what waits to be redriven has a column only where something does.
  static func table(_ standings: [Standing]) -> Table {
    let someWait = standings.contains { $0.redriven > 0 }
    return Table(
      columns: [
        .init("destination"), .init("state", isFlexible: true),
        .init("events/s", isNumber: true), .init("waiting", isNumber: true),
        .init("oldest", isNumber: true), .init("dead letters", isNumber: true),
      ] + (someWait ? [.init("to redrive", isNumber: true)] : []) + [
        .init("sandbox", isFlexible: true), .init("last error", isFlexible: true),
      ],
      rows: standings.map { $0.cells(withRedriven: someWait) })
  }

  private func cells(withRedriven isShown: Bool) -> [Table.Cell] {
    [
      .init(id), .init(stateNow), .init(live.map { HostStatus.Rates.text($0.rates.now) } ?? ""),
      .init(Count.grouped(queue.waiting)), .init(age), .init(Count.grouped(deadLetters)),
    ] + (isShown ? [.init(Count.grouped(redriven))] : []) + [
      .init(history.sandbox ?? "(never loaded)"), .init(lastError),
    ]
  }

  var json: JSONText {
    .object(
      [
        ("id", .string(id)), ("state", .string(state)),
        ("running_state", .optional(live?.state)),
        ("waiting", .integer(queue.waiting)), ("oldest", .optional(oldest)),
        ("dead_letters", .integer(deadLetters)), ("waiting_for_redrive", .integer(redriven)),
        ("likely_personal_data_in_clear", .strings(likelyInClear)),
        ("worker", WorkerHistoryText.json(history)),
      ] + (live?.json ?? []))
  }
}
