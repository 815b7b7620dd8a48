import Foundation
import Testing
import Workbench

/// The signals that a host that runs listens to: Ctrl-C once and twice, and SIGHUP.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct SignalTests {
  /// Runs the words on a terminal of its own; each time that the text is shown, types what comes next.
  private static let terminal = """
    import os, pty, select, sys, time
    steps = [step.split("|") for step in sys.argv[1].split("||")]
    pid, master = pty.fork()
    if pid == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    out, count, end = b"", 0, time.time() + 60
    while time.time() < end:
        if select.select([master], [], [], 0.2)[0]:
            try: piece = os.read(master, 65536)
            except OSError: break
            if not piece: break
            out += piece
        if steps and steps[0][0].encode() in out:
            time.sleep(float(steps[0][1]))
            os.write(master, steps[0][2].encode().decode("unicode_escape").encode())
            steps = steps[1:]
            count += 1
            out += b"[typed %d]" % count
    else:
        os.kill(pid, 9)
    sys.stdout.buffer.write(out)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    """

  private func onTerminal(
    _ clinic: Clinic, _ steps: String, _ words: [String]
  ) throws -> Sealpost.Outcome {
    try Sealpost.run(
      "python3", ["-c", Self.terminal, steps, Sealpost.executable] + words,
      in: clinic.folder.path, environment: ["TERM": "dumb"])
  }

  @Test(.enabled(if: Sealpost.hasPython, "no python3"))
  func `Ctrl-C on a terminal ends the run in good order`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let event = #"{"type":"page","userId":"u","messageId":"m"}"#
    let outcome = try onTerminal(clinic, "started|0.2|\(event)\\n||[typed 1]|1|\\x03", ["run"])
    #expect(outcome.code == 0, "\(outcome.output)")
    #expect(outcome.output.contains("1 event accepted") && outcome.output.contains("stopped"))
    let delivered = try clinic.folder.text("out.ndjson")
    #expect(delivered == event + "\n")
  }

  @Test(.enabled(if: Sealpost.hasPython, "no python3"))
  func `a second Ctrl-C ends at once, and what was accepted waits for the next run`() throws {
    let clinic = try Clinic()
    try clinic.addMisbehaving("hung", ["behaviour=hang-on-deliver"])
    let event = #"{"type":"page","userId":"u","messageId":"m"}"#
    let outcome = try onTerminal(
      clinic, "started|0.2|\(event)\\n||[typed 1]|1|\\x03||[typed 2]|1|\\x03",
      ["run", "--stop-deadline", "600"])
    #expect(outcome.code == 130, "\(outcome.output)")
    let shown = try clinic.sealpost.json("queue", "show", "hung") as? [String: Any]
    #expect(shown?["waiting"] as? Int == 1)
  }

  @Test func `SIGHUP takes a changed document, and the run goes on`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    try FileManager.default.createDirectory(
      atPath: clinic.folder.file("spool"), withIntermediateDirectories: true)
    let process = try LiveSealpost(clinic, ["run", "--input", "spool"])
    func told(_ text: String) -> Int {
      process.errors.components(separatedBy: text).count - 1
    }
    func waitUntil(_ what: String, _ holds: () throws -> Bool) throws {
      for _ in 0..<2000 {
        if try holds() { return }
        usleep(10_000)
      }
      Issue.record("\(what): it did not come about in 20 seconds")
    }
    try waitUntil("started") { told("started") >= 1 }
    process.signal(SIGHUP)
    try waitUntil("looked at without a change") { told("The workspace changed") == 1 }
    try clinic.done("destination", "disable", "file")
    process.signal(SIGHUP)
    try waitUntil("taken") { told("The workspace changed") >= 2 }
    try clinic.done("destination", "enable", "file")
    process.signal(SIGHUP)
    try clinic.folder.write("spool/a.ndjson", Clinic.events)
    try waitUntil("delivered") {
      let output = try? Data(contentsOf: URL(fileURLWithPath: clinic.folder.file("out.ndjson")))
      return output?.count { $0 == 0x0A } == 30
    }
    #expect(process.stop(SIGTERM) == 0)
  }
}
