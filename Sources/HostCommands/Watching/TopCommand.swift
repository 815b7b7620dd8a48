internal import DestinationHost
import Glibc
internal import Workspace

/// `top`: what a running host does, drawn anew in place.
enum TopCommand {
  static let noun = Noun(
    name: "top", summary: "What the running host does, live", commands: [command])

  private static let interval = Option.value(
    "interval", "SECONDS", "How often it is drawn anew, 1 to 60 (default 1)")

  private static let command = Command(
    path: ["top"], summary: "Show sources, destinations, rates and backlogs live",
    access: .viewer,
    details: ["Needs a terminal, and a host that runs. q or Ctrl-C ends it; no event is shown."],
    options: [interval],
    examples: [.init("sealpost top", "watch the host that runs on ./workspace")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let pause = try seconds(invocation)
    let host = HostConversation(with: workspace)
    // Says so at once, on the screen as it is, when there is nothing to watch.
    var status = try host.status()
    guard invocation.console.output.isTerminal, let screen = Screen() else {
      throw CommandError(
        .unavailable, "terminal", in: invocation.command.name, "there is none to draw on",
        "See: sealpost status --json")
    }
    StopSignal.install()
    defer { screen.restore() }
    while true {
      let view = TopView(status, workspace: workspace.settings.name, now: Int(time(nil)))
      screen.draw(
        view.lines(width: screen.size.columns, painter: invocation.console.output.painter))
      guard screen.waitForKey(seconds: pause) != UInt8(ascii: "q"), !StopSignal.isAsked else {
        return .done
      }
      try Admission.readmit(invocation)
      status = try host.status()
    }
  }

  private static func seconds(_ invocation: Invocation) throws -> Int {
    guard let text = invocation.arguments[interval] else { return 1 }
    guard let seconds = Int(text), (1...60).contains(seconds) else {
      throw CommandError.usage(
        "option \"\(interval.typed)\"", invocation.command.name, "it is no number from 1 to 60",
        "Leave it out to draw each second.")
    }
    return seconds
  }
}
