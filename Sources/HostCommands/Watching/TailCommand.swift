internal import DestinationHost
import Glibc
internal import Workspace

/// `tail`: events as they go through a running host.
enum TailCommand {
  static let noun = Noun(name: "tail", summary: "Events, live", commands: [command])

  private static let destination = Option.value(
    "destination", "ID", "As that destination gets them (default: as they are accepted)")
  private static let raw = Option.flag(
    "raw", "Show every value (needs PII access; recorded)")
  private static let count = Option.value("events", "N", "End after so many")

  private static let command = Command(
    path: ["tail"], summary: "Show events as they become durable in the host that runs",
    access: .viewer,
    details: [
      """
      Values are masked, but those under keys that are classified green: a key that nobody has classified \
      is masked, too. --raw shows them all. That somebody watches is recorded in the audit log before \
      anything is shown. Ctrl-C ends it.
      """,
      """
      At most 500 events a second are shown; how many went by unseen is said. The host waits for no watcher.
      """,
    ],
    options: [destination, raw, count, .json],
    examples: [
      .init("sealpost tail --destination clinic-file", "what clinic-file gets"),
      .init("sealpost tail --json --events 10", "ten events, each with its source and time"),
    ]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let id = try invocation.arguments[destination].map {
      try invocation.destination($0, in: workspace).id
    }
    let isRaw = invocation.arguments.has(raw)
    if isRaw { try invocation.requirePIIAccess() }
    let most = try mostEvents(invocation)
    let host = HostConversation(with: workspace)
    _ = try host.status()
    try workspace.recordTail(of: id, isRaw: isRaw)
    StopSignal.install()
    return try follow(host, id, isRaw, most, invocation)
  }

  private static func mostEvents(_ invocation: Invocation) throws -> Int? {
    guard let text = invocation.arguments[count] else { return nil }
    guard let count = Int(text), count > 0 else {
      throw CommandError.usage(
        "option \"\(count.typed)\"", invocation.command.name, "it is no number from 1 up",
        "Leave it out to go on until Ctrl-C.")
    }
    return count
  }

  private static func follow(
    _ host: HostConversation, _ destination: String?, _ isRaw: Bool, _ most: Int?,
    _ invocation: Invocation
  ) throws -> ExitCode {
    let console = invocation.console
    var (next, missed, shown): (UInt64?, Int, Int) = (nil, 0, 0)
    var rounds = 0
    while !StopSignal.isAsked, console.outputFailure == nil {
      guard let events = try ask(host, destination, next, isRaw) else {
        console.note("The host has ended")
        return .done
      }
      for event in events.events.prefix((most ?? .max) - shown) {
        console.data(invocation.wantsJSON ? line(event) : event.json + "\n")
        shown += 1
      }
      if events.missed > missed {
        console.note("\(Count.of(events.missed - missed, "event")) went by unseen")
      }
      (next, missed) = (events.next, events.missed)
      if let most, shown >= most { return .done }
      usleep(200_000)
      rounds += 1
      if rounds % 5 == 0 { try Admission.readmit(invocation, classified: isRaw) }
    }
    return .done
  }

  /// Nil when the host has ended.
  private static func ask(
    _ host: HostConversation, _ destination: String?, _ next: UInt64?, _ isRaw: Bool
  ) throws(ConversationError) -> HostConversation.Events? {
    do throws(ConversationError) {
      return try host.events(of: destination, after: next, isRaw: isRaw)
    } catch {
      if error == .noHost { return nil }
      throw error
    }
  }

  private static func line(_ event: HostConversation.Events.Event) -> String {
    JSONText.object([
      (
        "received_at",
        .string(
          Calendar.timestamp(secondsSince1970: Int(event.unixNanoseconds / 1_000_000_000)))
      ),
      ("source", .string(event.source)), ("event", .verbatim(event.json)),
    ]).line
  }
}
