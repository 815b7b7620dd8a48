import Foundation
import Workbench

/// The built `sealpost`, run as a user runs it; found beside the test bundle.
struct Sealpost {
  /// The folder of what was built.
  static let products = Built.folder
  static let executable = Built.sealpost
  static let isBuilt = Built.hasSealpost
  static let hasPython = Judge.hasPython

  static let hasOpenSSL = Judge.hasOpenSSL

  static let hasStrace = (try? run("strace", ["-o", "/dev/null", "true"]))?.code == 0

  static let hasTmux = (try? run("tmux", ["-V"]))?.code == 0

  struct Outcome {
    let code: Int32
    let output: String
    let errors: String
    let wasKilled: Bool
  }

  let folder: Scratch
  /// Variables beside the few that every run has.
  var environment: [String: String] = [:]

  /// Runs the command in the folder, with standard input from `input`.
  func callAsFunction(_ words: [String], input: String = "") throws -> Outcome {
    try Self.run(
      Self.executable, words, in: folder.path, environment: environment, input: input)
  }

  func callAsFunction(_ words: String..., input: String = "") throws -> Outcome {
    try self(words, input: input)
  }

  /// Runs the command on a terminal of its own, typing each answer when its question has been shown.
  ///
  /// What is shown, data and everything else, is in `output`.
  func onTerminal(
    _ words: [String], program: String = executable,
    answers: [(question: String, answer: String)] = []
  ) throws -> Outcome {
    let terminal = """
      import os, pty, sys
      questions = sys.argv[2:2 + 2 * int(sys.argv[1])]
      words = sys.argv[2 + 2 * int(sys.argv[1]):]
      pid, master = pty.fork()
      if pid == 0:
          os.execv(words[0], words)
      out = b""
      while True:
          try: piece = os.read(master, 65536)
          except OSError: break
          if not piece: break
          out += piece
          if questions and questions[0].encode() in out:
              os.write(master, questions[1].encode() + b"\\n")
              questions = questions[2:]
      status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      sys.stdout.buffer.write(out)
      sys.exit(status)
      """
    return try Self.run(
      "python3",
      ["-c", terminal, "\(answers.count)"] + answers.flatMap { [$0.question, $0.answer] }
        + [program] + words, in: folder.path,
      environment: environment.merging(["TERM": "dumb"]) { $1 })
  }

  /// The JSON document that the command prints.
  func json(_ words: String...) throws -> Any {
    let outcome = try self(words + ["--json"])
    guard outcome.code == 0 else { throw Failure(outcome: outcome) }
    return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
  }

  struct Failure: Error {
    let outcome: Outcome
  }

  /// Runs a program to its end; output goes through files, so that no pipe can fill.
  static func run(
    _ program: String, _ words: [String], in folder: String = "/",
    environment: [String: String] = [:], input: String = ""
  ) throws -> Outcome {
    let scratch = try Scratch()
    try scratch.write("in", input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : "/usr/bin/env")
    process.arguments = program.hasPrefix("/") ? words : [program] + words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = ["PATH": path, "HOME": folder, "SEALPOST_LOG_FORMAT": "text"]
      .merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: scratch.file("in")))
    process.standardOutput = try handle(scratch.write("out", ""))
    process.standardError = try handle(scratch.write("err", ""))
    try process.run()
    let deadline = DispatchSource.makeTimerSource()
    deadline.schedule(deadline: .now() + 120)
    deadline.setEventHandler { process.terminate() }
    deadline.resume()
    process.waitUntilExit()
    deadline.cancel()
    return Outcome(
      code: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: url(scratch, "out")), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: url(scratch, "err")), as: UTF8.self),
      wasKilled: process.terminationReason == .uncaughtSignal)
  }

  private static func url(_ folder: Scratch, _ name: String) -> URL {
    URL(fileURLWithPath: folder.file(name))
  }

  private static func handle(_ path: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }
}
