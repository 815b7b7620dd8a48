import Foundation
import Testing
import Workbench

/// `top` in a terminal of 80 columns, driven as a person drives it.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: Sealpost.hasTmux && Sealpost.hasPython, "tmux or python3 is absent"))
struct TopTests {
  /// A tmux server of its own, with one window.
  private struct Terminal {
    let socket = "/tmp/sealpost-tmux-\(UUID().uuidString.prefix(8))"

    init(in folder: Scratch, columns: Int, rows: Int) throws {
      // The server outlives its client: it must neither hold on to the pipe by which Foundation sees that end, nor
      // begin with the signals blocked that a thread of these tests has blocked, or it could not be ended.
      let program = """
        import signal, subprocess, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        sys.exit(subprocess.run(sys.argv[1:]).returncode)
        """
      _ = try Sealpost.run(
        "python3",
        [
          "-c", program, "tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "-x",
          "\(columns)", "-y", "\(rows)", "-c", folder.path, "env", "HOME=\(folder.path)", "PS1=$ ",
          "sh",
        ], environment: ["TERM": "xterm"])
    }

    @discardableResult
    func tmux(_ words: String...) throws -> String {
      try Sealpost.run("tmux", ["-S", socket] + words, environment: ["TERM": "xterm"]).output
    }

    func type(_ keys: String...) throws {
      for key in keys { try tmux("send-keys", key) }
    }

    var screen: String { get throws { try tmux("capture-pane", "-p") } }

    /// The screen once it shows what is wanted.
    func screen(_ isWanted: (String) -> Bool) throws -> String? {
      for _ in 0..<200 {
        let screen = try screen
        if isWanted(screen) { return screen }
        Thread.sleep(forTimeInterval: 0.05)
      }
      Issue.record("\(try screen)")
      return nil
    }

    func end() {
      _ = try? tmux("kill-server")
      try? FileManager.default.removeItem(atPath: socket)
    }
  }

  /// A host whose destination `file` takes events.
  private func started(_ clinic: Clinic) throws -> RunningHost {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let host = try RunningHost(clinic)
    _ = try host.entry("destination_started")
    return host
  }

  @Test(arguments: ["q", "C-c"])
  func `it draws in place within 80 columns, and gives the terminal back`(key: String) throws {
    let clinic = try Clinic()
    let host = try started(clinic)
    defer { host.end() }
    let terminal = try Terminal(in: clinic.folder, columns: 80, rows: 24)
    defer { terminal.end() }
    try terminal.type("echo before", "Enter", "\(Sealpost.executable) top", "Enter")
    _ = try terminal.screen { $0.contains("q quits") && $0.contains("running") }
    try host.send(Clinic.events)
    let drawn = try #require(
      try terminal.screen { $0.contains(#/default .* 30 /#) && $0.contains("file") })
    #expect(drawn.hasPrefix("Clinic: pid \(host.pid), up "))
    #expect(drawn.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(drawn.components(separatedBy: "q quits").count == 2)
    #expect(!drawn.contains("before") && !drawn.contains("canary"))

    try terminal.type(key, "echo aft''er; stty -a | grep -c ' echo '", "Enter")
    let restored = try #require(try terminal.screen { $0.contains("after\n1") })
    #expect(restored.contains("before") && !restored.contains("q quits"))
  }

  @Test func `a narrow window shows what fits`() throws {
    let clinic = try Clinic()
    let host = try started(clinic)
    defer { host.end() }
    let terminal = try Terminal(in: clinic.folder, columns: 80, rows: 6)
    defer { terminal.end() }
    try terminal.type("\(Sealpost.executable) top", "Enter")
    let drawn = try #require(try terminal.screen { $0.contains("pid \(host.pid)") })
    #expect(drawn.split(separator: "\n", omittingEmptySubsequences: false).count <= 7)
    try terminal.type("q")
  }

  @Test func `without a terminal it says what to use`() throws {
    let clinic = try Clinic()
    let host = try started(clinic)
    defer { host.end() }
    let outcome = try clinic.sealpost("top")
    #expect(outcome.code == 69)
    #expect(
      outcome.errors
        == "error: terminal, top: there is none to draw on. See: sealpost status --json\n")
  }
}
