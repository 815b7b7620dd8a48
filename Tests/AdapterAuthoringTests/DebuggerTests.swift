import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

@Suite struct DebuggerTests {
  private static let hasTools =
    Shell.hasGCC && FileManager.default.isExecutableFile(atPath: "/usr/bin/gdb")

  /// A thread of these tests has signals blocked, and a debugger waits for SIGCHLD.
  private static let unblocked = """
    import os, signal, sys
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test(.enabled(if: hasTools, "needs gcc and gdb"))
  func `a breakpoint in the adapter stops a try in this process`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.compiled(
      "CarelessFileAdapter/file.c", ["-g", "-O0"], in: scratch, named: "package")
    let (settings, events) = (scratch.file("settings.json"), scratch.file("events.ndjson"))
    try #"{"path":"\#(scratch.file("out"))"}"#.write(
      toFile: settings, atomically: true, encoding: .utf8)
    try #"{"type":"track","messageId":"m-1","userId":"u","event":"e"}"#.write(
      toFile: events, atomically: true, encoding: .utf8)
    let run = try Shell.run(
      "/usr/bin/env",
      [
        "timeout", "--kill-after=1", "60", "python3", "-c", Self.unblocked, "/usr/bin/gdb",
        "-batch", "-nx", "-iex", "set debuginfod enabled off", "-ex", "set breakpoint pending on",
        "-ex", "break file.c:deliver", "-ex", "run", "-ex", "print batch->event_count", "-ex",
        "continue", "--args", Built.sealpost, "adapter", "try", path, "--settings",
        settings, "--events", events, "--in-process",
      ])
    #expect(run.output.contains("$1 = 1\n"), "\(run.output.suffix(2000))")
    #expect(run.output.contains("m-1    DELIVERED"), "\(run.output.suffix(2000))")
  }
}
