internal import DestinationHost
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
      Sources and rates are those of the host that runs, which is asked over the workspace's socket; the rest \
      lies in the workspace. The sandbox is what held the adapter's worker when it was last loaded.
      """
    ],
    options: [.json],
    examples: [.init("sealpost status", "one line for each destination")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let likely = try LikelyInClear(workspace)
    let live = invocation.hostStatus(of: workspace)
    let destinations = try workspace.destinations().map {
      try Standing($0, workspace, likely, live)
    }
    let host = try workspace.hostProcess()
    let snapshot =
      live?.snapshot ?? (workspace.isReplica ? try? SnapshotStanding(workspace.replica()) : nil)
    if invocation.wantsJSON {
      invocation.console.data(
        .object(
          [
            ("workspace", .string(workspace.settings.name)), ("host_running", .bool(host != nil)),
            ("host_pid", host?.pid.map { .integer(Int($0)) } ?? .null),
            ("eligible", .bool(workspace.settings.standing.decide(on: .today).allowed)),
            ("destinations", .array(destinations.map(\.json))),
            ("replica", snapshot?.json(now: Timestamp.secondsNow) ?? .null),
          ] + (live?.json ?? [])))
    } else {
      invocation.console.data(text(workspace, host, live))
      if let snapshot {
        invocation.console.data(snapshot.text(now: Timestamp.secondsNow) + "\n")
      }
      if !destinations.isEmpty { invocation.console.data(Standing.table(destinations)) }
    }
    likely.warn(on: invocation.console)
    for damage in workspace.damage { invocation.console.warning("\(damage)") }
    return .done
  }

  private static func text(
    _ workspace: Workspace, _ host: HostProcess?, _ live: HostStatus?
  ) -> String {
    let state = host.map { "a host runs\($0.pid.map { ", pid \($0)" } ?? "")" } ?? "no host runs"
    let name = Printable.text(workspace.settings.name)
    guard let live else { return "\(name): \(state)\n" }
    let sources = live.sources.map { source in
      "source \(source.id): \(Count.grouped(source.accepted)) accepted, "
        + "\(Count.grouped(source.rejected)) rejected, "
        + "\(HostStatus.Rates.text(source.rates.now)) events/s "
        + "(last minute \(HostStatus.Rates.text(source.rates.minute)))\n"
    }
    let since = Calendar.timestamp(secondsSince1970: live.startedUnixSeconds)
    return "\(name): \(state), since \(since), \(live.standing)\n" + sources.joined()
      + (live.stream.map { "\($0.text)\n" } ?? "") + (live.produce.map { "\($0.text)\n" } ?? "")
  }
}
