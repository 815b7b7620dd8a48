import Foundation
import Testing
import Workbench

/// What becomes of a process that runs while its user's rights are taken away.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct LiveAccessTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  /// The id of a new token, whose file has that name.
  private func token(_ role: String, _ file: String) throws -> String {
    let made = try clinic.done(
      "token", "create", "--role", role, "--output", file, "--json")
    let json = try JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any]
    return try #require(json?["id"] as? String)
  }

  @Test func `following the audit log ends when its token is revoked`() throws {
    let id = try token("viewer", "t")
    let process = try LiveProcess(
      clinic, ["audit", "log", "--follow", "--token-file", "t"], standardInput: nil)
    defer { process.kill() }
    #expect(process.waits { $0.output.contains("Token Created") })
    try clinic.done("token", "revoke", id)
    #expect(process.waits { !$0.isRunning })
    #expect(process.exitCode == 77)
    #expect(process.errors.contains("token refused: it was revoked"))
    let log = try clinic.done("audit", "log", "--type", "access denied", "--json").output
    #expect(log.contains("token/\(id)"))
  }

  @Test func `following the audit log ends when its user is disabled or logs out elsewhere`() throws
  {
    try clinic.folder.write("eva.password", "eva's long password\n")
    try clinic.done(
      "user", "add", "eva@example.com", "--role", "viewer", "--password-file", "eva.password")
    for ending in [["user", "disable", "eva@example.com"], ["logout"]] {
      if ending[0] == "logout" { try clinic.done("user", "enable", "eva@example.com") }
      let home = try Scratch()
      var eva = clinic.sealpost
      eva.environment = ["HOME": home.path]
      let login = try eva("login", "eva@example.com", "--password-file", "eva.password")
      #expect(login.code == 0, "\(login.errors)")
      let process = try LiveProcess(
        clinic, ["audit", "log", "--follow"], standardInput: nil, home: home.path)
      defer { process.kill() }
      #expect(process.waits { $0.output.contains("User Logged In") })
      _ = try ending[0] == "logout" ? eva(ending) : clinic.sealpost(ending)
      #expect(process.waits { !$0.isRunning })
      #expect(process.exitCode == 77)
      #expect(process.errors.contains("you are not logged in"))
    }
  }

  @Test func `a host is a service: it runs on when its token is revoked, and no other starts`()
    throws
  {
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let id = try token("editor", "t")
    let host = try LiveProcess(clinic, ["run", "--token-file", "t"])
    defer { host.kill() }
    #expect(host.waits { $0.errors.contains("started") })
    try clinic.done("token", "revoke", id)
    try host.write(Clinic.events)
    host.endInput()
    #expect(host.waits { !$0.isRunning })
    #expect(host.exitCode == 0)
    let delivered = try clinic.folder.text("out.ndjson")
    #expect(delivered == Clinic.events)
    #expect(try clinic.sealpost("run", "--token-file", "t").code == 77)
  }
}

/// A `sealpost` that runs beside the test; its output goes to files.
private final class LiveProcess {
  private let process = Process()
  private let scratch = try? Scratch()
  private let input = Pipe()

  init(
    _ clinic: Clinic, _ words: [String], standardInput: Pipe? = Pipe(), home: String? = nil
  ) throws {
    let folder = try #require(scratch)
    for name in ["out", "err"] { try folder.write(name, "") }
    process.executableURL = URL(fileURLWithPath: Sealpost.executable)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: clinic.folder.path)
    process.environment = ["HOME": home ?? clinic.folder.path]
    process.standardInput = standardInput == nil ? FileHandle.nullDevice : input
    process.standardOutput = FileHandle(forWritingAtPath: folder.file("out"))
    process.standardError = FileHandle(forWritingAtPath: folder.file("err"))
    try process.run()
  }

  var isRunning: Bool { process.isRunning }
  var exitCode: Int32 { process.isRunning ? -1 : process.terminationStatus }
  var output: String { text("out") }
  var errors: String { text("err") }

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: scratch?.file(name) ?? "", encoding: .utf8)) ?? ""
  }

  func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  func endInput() { try? input.fileHandleForWriting.close() }

  /// Whether it comes to that within half a minute.
  func waits(for holds: (LiveProcess) -> Bool) -> Bool {
    for _ in 0..<600 {
      if holds(self) { return true }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return false
  }

  func kill() { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }
}
