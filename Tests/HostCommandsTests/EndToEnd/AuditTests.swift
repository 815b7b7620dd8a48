import Foundation
import Testing
import Workbench

@Suite(.enabled(if: Sealpost.isBuilt, "the executable is not beside the tests"))
struct AuditTests {
  private func verify(_ clinic: Clinic, _ words: [String]) throws -> Int32 {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Examples/verify-audit-log/verify.py").path
    return try Sealpost.run("python3", [script] + words, in: clinic.folder.path).code
  }

  @Test func `a checkpoint is kept, and shows later that the log grew from it`() throws {
    let clinic = try Clinic()
    try clinic.done(
      "audit", "checkpoint", "--output", "saved.note", "--public-key-output", "audit.pem")
    let shown = try clinic.sealpost.json("audit", "checkpoint") as? [String: Any]
    let note = try clinic.folder.text("saved.note")
    #expect(shown?["note"] as? String == note)
    let verifier = try #require(shown?["verifier_key"] as? String)
    try clinic.folder.write("audit.vkey", verifier + "\n")
    #expect(try clinic.sealpost("audit", "checkpoint", "--output", "saved.note").code == 73)
    try clinic.done("matcher", "add", "mrn", "--classification", "yellow")
    for key in ["audit.pem", "audit.vkey"] {
      try clinic.done("audit", "verify", "--checkpoint", "saved.note", "--public-key", key)
    }
    try clinic.folder.write("wrong.note", "no note")
    let refused = try clinic.sealpost("audit", "verify", "--checkpoint", "wrong.note")
    #expect(refused.code == 65)
    #expect(refused.errors.contains("checkpoint refused, wrong.note: it is no signed note."))
    #expect(try clinic.sealpost("audit", "verify", "--public-key", "wrong.note").code == 65)
    #expect(try clinic.sealpost("audit", "verify", "--checkpoint", "absent.note").code == 66)
  }

  @Test func `another log's checkpoint and key are not this log's`() throws {
    let clinic = try Clinic(signed: false)
    let note = try clinic.done("audit", "checkpoint").output
    try clinic.folder.write("other.note", note.replacing("sealpost/ws_", with: "sealpost/wx_"))
    let checkpoint = try clinic.sealpost("audit", "verify", "--checkpoint", "other.note")
    #expect(checkpoint.code == 1)
    #expect(checkpoint.output.contains("it is another log's"))
    try clinic.done("adapter", "keygen", "--output", "other.key")
    let key = try clinic.sealpost("audit", "verify", "--public-key", "other.key.pub", "--json")
    #expect(key.code == 1)
    #expect(key.output.contains("\"verdict\": \"tampered\""))
  }

  @Test func `a log that lost its end is rolled back, by verify and by the next command`() throws {
    let clinic = try Clinic(signed: false)
    let file = clinic.folder.file("workspace/audit/audit-000001.jsonl")
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    try lines.dropLast(2).map { $0 + "\n" }.joined()
      .write(toFile: file, atomically: false, encoding: .utf8)
    let verdict = try clinic.sealpost("audit", "verify")
    #expect(verdict.code == 3)
    #expect(verdict.output.hasPrefix("ROLLED BACK: "))
    let refused = try clinic.sealpost("matcher", "list")
    #expect(refused.code == 78)
    #expect(refused.errors.contains("the others were cut off, or an old copy was put back"))
  }

  @Test(.enabled(if: Sealpost.hasPython, "needs python3"))
  func `an export is whole to whoever has its checkpoint, as lines and as a table`() throws {
    let clinic = try Clinic()
    // A name that a spreadsheet would take for a formula.
    _ = try clinic.sealpost("matcher", "add", "=1+1", "--classification", "yellow")
    try clinic.done("audit", "checkpoint", "--public-key-output", "audit.pem")
    for format in ["jsonl", "csv"] {
      try clinic.done("audit", "export", "--format", format, "--output", "log." + format)
      let words = [
        "--export", "log." + format, "--checkpoint", "log.\(format).checkpoint", "--public-key",
        "audit.pem",
      ]
      #expect(try verify(clinic, words) == 0)
      let path = clinic.folder.file("log." + format)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains("Audit Log Exported"))
      try text.replacing("Clinic", with: "Clinik").write(
        toFile: path, atomically: true, encoding: .utf8)
      #expect(try verify(clinic, words) == 1)
    }
    let lines = try clinic.done("audit", "export", "--format", "jsonl").output
    let file = clinic.folder.file("workspace/audit/audit-000001.jsonl")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == lines)
    #expect(try clinic.sealpost("audit", "export", "--format", "xml").code == 2)
    #expect(
      try clinic.sealpost("audit", "export", "--format", "csv", "--output", "log.csv").code == 73)
  }

  @Test
  func `a log that lost its key is told, and goes on with another, which every verifier tells`()
    throws
  {
    let clinic = try Clinic()
    #expect(
      try clinic.sealpost("audit", "replace-key", "--yes").errors.contains("nothing was lost"))
    let key = clinic.folder.file("workspace/keys/audit-000001.key")
    try FileManager.default.removeItem(atPath: key)
    let verdict = try clinic.sealpost("workspace", "verify")
    #expect(verdict.code == 1)
    #expect(verdict.output.contains("sealpost audit replace-key"))
    #expect(try clinic.sealpost("audit", "replace-key").code == 2)
    try clinic.done("audit", "replace-key", "--yes")
    let verified = try clinic.done("audit", "verify")
    #expect(verified.output.contains("replaced a lost key"))
    let json = try clinic.sealpost.json("audit", "verify") as? [String: Any]
    #expect((json?["lost_keys_replaced"] as? [Int])?.count == 1)
    #expect(try clinic.done("workspace", "verify").output.contains("a lost key was replaced at"))
    let log = try clinic.done("audit", "log", "--type", "audit log key replaced").output
    #expect(log.contains(Clinic.owner))
  }

  @Test(.enabled(if: Sealpost.hasPython, "needs python3"))
  func `the commands of the reference verifier's page work as they stand there`() throws {
    let clinic = try Clinic()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appendingPathComponent("Examples/verify-audit-log/README.md"),
      encoding: .utf8)
    let block = try #require(page.components(separatedBy: "```sh\n").dropFirst().first)
      .components(separatedBy: "```")[0]
    #expect(block.split(separator: "\n").count >= 4)
    try FileManager.default.createSymbolicLink(
      atPath: clinic.folder.file("Examples"),
      withDestinationPath: root.appendingPathComponent("Examples").path)
    try FileManager.default.moveItem(
      atPath: clinic.folder.file("workspace"), toPath: clinic.folder.file("clinic"))
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let done = try Sealpost.run(
      "sh", ["-e", "-c", block], in: clinic.folder.path,
      environment: ["PATH": "\(Sealpost.products.path):\(path)"])
    #expect(done.code == 0, "\(done.errors)")
    #expect(done.output.components(separatedBy: "sound: ").count == 3, "\(done.output)")
  }

  @Test func `who verifies without a session is no owner, and every kind of look is recorded`()
    throws
  {
    let clinic = try Clinic()
    try clinic.done("audit", "verify")
    var stranger = clinic.sealpost
    stranger.environment = ["HOME": clinic.folder.file("elsewhere")]
    #expect(try stranger("audit", "verify").code == 0)
    try clinic.done("token", "create", "--role", "viewer", "--output", "t")
    #expect(try stranger("audit", "verify", "--token-file", "t").code == 0)
    let log = try clinic.done("audit", "log", "--type", "audit log verified", "--json").output
    let records = try #require(
      try JSONSerialization.jsonObject(with: Data(log.utf8)) as? [[String: Any]])
    let actors = records.compactMap { $0["actor_user_id"] as? String }
    #expect(actors.prefix(2) == [Clinic.owner, "(unknown)"])
    #expect(actors.last?.hasPrefix("token/") == true)
    _ = try clinic.sealpost("workspace", "verify")
    #expect(
      try clinic.done("audit", "log", "--type", "workspace verified", "--json").output
        .contains("missing"))
  }

  @Test func `values that do not open are recorded where a workspace is named`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    for name in ["first", "second"] {
      try clinic.done(
        "encryption", name == "first" ? "enable" : "rotate-key", "file", "--generate-key",
        "--bits", "2048", "--private-key-out", "\(name).pem",
        name == "first" ? "--fields=email" : "--quiet")
    }
    try clinic.done("destination", "enable", "file")
    _ = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    let refused = try clinic.sealpost(
      "decrypt", "--key", "first.pem", "out.ndjson", "--workspace", "workspace")
    #expect(refused.code == 1)
    let log = try clinic.done("audit", "log", "--type", "decrypt refused", "--json").output
    #expect(log.contains("denied") && log.contains("\"30\""))
    #expect(try clinic.sealpost("decrypt", "--key", "first.pem", "out.ndjson").code == 1)
    #expect(
      try clinic.done("audit", "log", "--type", "decrypt refused", "--json").output == log)
  }

  @Test func `a review counts by user and type, and is itself in the log`() throws {
    let clinic = try Clinic()
    _ = try clinic.sealpost("destination", "add", "x", "--adapter", "com.example.absent")
    let lines = try #require(
      try clinic.sealpost.json("audit", "review", "--since", "1d") as? [[String: Any]])
    let reviewed = lines.first { $0["event_type"] as? String == "Audit Log Reviewed" }
    #expect(reviewed?["count"] as? Int == 1)
    let denied = lines.first { $0["event_type"] as? String == "Destination Created" }
    #expect(denied?["denied"] as? Int == 1)
    #expect(try clinic.done("audit", "review").output.contains("out of hours"))
    for wrong in [["--hours", "9"], ["--hours", "19-7"], ["--utc-offset", "1"]] {
      #expect(try clinic.sealpost(["audit", "review"] + wrong).code == 2)
    }
    try clinic.done("audit", "verify")
    let types = try clinic.done("audit", "log", "--object", "audit").output
    #expect(types.contains("Audit Log Verified") && types.contains("Audit Log Reviewed"))
  }

  @Test func `following shows records as they come, until it is stopped`() throws {
    let clinic = try Clinic()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Sealpost.executable)
    process.arguments = ["audit", "log", "--follow", "--type", "matcher created", "--json"]
    process.currentDirectoryURL = URL(fileURLWithPath: clinic.folder.path)
    process.environment = ["HOME": clinic.folder.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    try clinic.done("matcher", "add", "mrn", "--classification", "yellow")
    var lines: [Substring] = []
    var bytes = Data()
    while lines.count < 2 {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { break }
      bytes += more
      lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
    process.terminate()
    let deadline = Date(timeIntervalSinceNow: 10)
    while process.isRunning, Date() < deadline { usleep(10_000) }
    #expect(!process.isRunning)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(lines.count == 2)
    for line in lines {
      let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(record?["event_type"] as? String == "Matcher Created")
    }
  }
}
