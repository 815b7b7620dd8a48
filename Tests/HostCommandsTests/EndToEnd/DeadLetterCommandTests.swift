import Foundation
import Testing
import Workbench

@testable import HostCommands

@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct DeadLetterCommandTests {
  /// A workspace with two letters of `file` (a value is too long to be encrypted) and two rejected lines.
  private func clinic() throws -> Clinic {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--private-key-out",
      "private.pem", "--format", "oaep")
    try clinic.done("destination", "enable", "file")
    let long = String(repeating: "canary@example.com", count: 40)
    let lines = (0..<2).map {
      #"{"type":"identify","userId":"u\#($0)","messageId":"m\#($0)","traits":{"email":"\#(long)","plan":"p"}}"#
    }
    try clinic.folder.write("in.ndjson", lines.joined(separator: "\n") + "\nno event canary\n{}\n")
    _ = try clinic.sealpost("run", "--input", "in.ndjson")
    return clinic
  }

  private func letters(_ clinic: Clinic, _ box: String) throws -> [[String: Any]] {
    try #require(try clinic.sealpost.json("dead-letter", "list", box) as? [[String: Any]])
  }

  @Test func `letters are listed with their reason and no value`() throws {
    let clinic = try clinic()
    let found = try letters(clinic, "file")
    #expect(found.count == 2)
    #expect(
      found.allSatisfy {
        ($0["reason"] as? String)?.isEmpty == false && $0["form"] as? String == "accepted"
      })
    let text = try clinic.done("dead-letter", "list", "file").output
    let id = try #require(found[0]["letter"] as? String)
    #expect(!text.contains("canary") && text.contains(id))
    #expect(try letters(clinic, "@rejected").compactMap { $0["line"] as? Int } == [3, 4])
    let limited = try clinic.done("dead-letter", "list", "file", "--limit", "1")
    #expect(limited.errors.contains("1 older letter"))
    #expect(try clinic.sealpost("dead-letter", "list", "flie").code == 78)
    let none = try clinic.done("dead-letter", "list", "file", "--reason", "other", "--json")
    #expect(none.output == "[]\n")
  }

  @Test func `showing masks, is recorded first, and shows all only when asked`() throws {
    let clinic = try clinic()
    let id = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    let masked = try clinic.done("dead-letter", "show", "file", id)
    #expect(masked.output.contains(#""traits":{"email":"(masked)","plan":"(masked)"}"#))
    #expect(masked.output.contains(#""userId":"(masked)""#) && masked.output.contains(id))
    #expect(!masked.output.contains("canary"))
    let raw = try clinic.done("dead-letter", "show", "file", id, "--raw", "--json")
    #expect(raw.output.contains("canary@example.com"))
    let log = try clinic.done("audit", "log").output
    #expect(log.contains("Dead Letter Viewed") && log.contains("Dead Letter Raw Viewed"))
    let line = try #require(try letters(clinic, "@rejected")[0]["letter"] as? String)
    #expect(try !clinic.done("dead-letter", "show", "@rejected", line).output.contains("canary"))
    #expect(
      try clinic.done("dead-letter", "show", "@rejected", line, "--raw").output.contains("canary"))
    #expect(try clinic.sealpost("dead-letter", "show", "file", "0000000000000000").code == 66)
  }

  @Test func `without PII access a letter is masked, and its values and exports are denied`() throws
  {
    let clinic = try clinic()
    let id = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    try clinic.done("token", "create", "--role", "editor", "--output", "editor.token")
    try clinic.done(
      "token", "create", "--role", "viewer", "--pii-access", "--output", "pii.token")
    let token = ["--token-file", "editor.token"]
    let masked = try clinic.sealpost(["dead-letter", "show", "file", id] + token)
    #expect(masked.code == 0 && masked.output.contains("(masked)"))
    #expect(!masked.output.contains("canary"))
    let line = try #require(try letters(clinic, "@rejected")[0]["letter"] as? String)
    for words in [
      ["show", "file", id, "--raw"], ["show", "file", id, "--raw", "--json"],
      ["show", "@rejected", line, "--raw"], ["export", "file", "--output", "stolen.jsonl"],
    ] {
      let denied = try clinic.sealpost(["dead-letter"] + words + token)
      #expect(denied.code == 77, "\(words)")
      #expect(denied.output.isEmpty && denied.errors.contains("needs PII access"))
    }
    #expect(!FileManager.default.fileExists(atPath: clinic.folder.file("stolen.jsonl")))
    let log = try clinic.done("audit", "log", "--type", "access denied", "--json").output
    #expect(log.contains("command/dead-letter show") && log.contains("command/dead-letter export"))
    #expect(!log.contains("canary"))
    let raw = try clinic.sealpost(
      "dead-letter", "show", "file", id, "--raw", "--token-file", "pii.token")
    #expect(raw.code == 0 && raw.output.contains("canary@example.com"))
  }

  @Test func `a log that cannot be written shows nothing`() throws {
    let clinic = try clinic()
    let id = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    let audit = clinic.folder.file("workspace/audit")
    for name in try FileManager.default.contentsOfDirectory(atPath: audit)
    where name.hasSuffix(".jsonl") {
      try FileManager.default.removeItem(atPath: audit + "/" + name)
    }
    let outcome = try clinic.sealpost("dead-letter", "show", "file", id, "--raw")
    #expect(outcome.code != 0 && !outcome.output.contains("canary"))
  }

  @Test func `an export is a new file of mode 0600, and recorded`() throws {
    let clinic = try clinic()
    try clinic.done("dead-letter", "export", "file", "--output", "out.jsonl")
    let path = clinic.folder.file("out.jsonl")
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    let first = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any]
    #expect((first?["event"] as? [String: Any])?["messageId"] as? String == "m0")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)
    #expect(
      try clinic.sealpost("dead-letter", "export", "file", "--output", "out.jsonl").code == 73)
    #expect(try clinic.done("audit", "log").output.contains("Dead Letter Exported"))
  }

  @Test func `redriven letters arrive once their cause is gone`() throws {
    let clinic = try clinic()
    try clinic.done("encryption", "disable", "file", "--yes")
    #expect(try clinic.sealpost("dead-letter", "redrive", "file").code == 2)
    #expect(try clinic.sealpost("dead-letter", "redrive", "@rejected", "--all").code == 2)
    let first = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    try clinic.done("dead-letter", "redrive", "file", first)
    try clinic.done("dead-letter", "redrive", "file", "--all")
    #expect(
      try letters(clinic, "file").allSatisfy { $0["state"] as? String == "waiting_for_redrive" })
    let run = try clinic.sealpost("run", "--json", input: "")
    #expect(run.output.contains(#""redriven": 2"#))
    #expect(try letters(clinic, "file").isEmpty)
    let sent = try clinic.folder.text("out.ndjson")
    #expect(sent.contains(#""messageId":"m0""#) && sent.contains(#""messageId":"m1""#))
  }

  @Test func `a purge asks, takes the bytes off the disk and is recorded`() throws {
    let clinic = try clinic()
    let id = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    #expect(try clinic.sealpost("dead-letter", "purge", "file", id).code == 2)
    #expect(try clinic.sealpost("dead-letter", "purge", "file", "--yes").code == 2)
    #expect(try letters(clinic, "file").count == 2)
    try clinic.done("dead-letter", "purge", "file", id, "--yes")
    #expect(try letters(clinic, "file").count == 1)
    try clinic.done("dead-letter", "purge", "file", "--all", "--yes")
    try clinic.done("dead-letter", "purge", "@rejected", "--all", "--yes")
    let left = try FileManager.default.contentsOfDirectory(
      atPath: clinic.folder.file("workspace/dead-letters/file"))
    #expect(left.isEmpty)
    #expect(try clinic.done("audit", "log").output.contains("Dead Letter Purged"))
  }

  @Test func `letters that wait for a host are seen everywhere, and can be taken back`() throws {
    let clinic = try clinic()
    let id = try #require(try letters(clinic, "file")[0]["letter"] as? String)
    #expect(try !clinic.done("status").output.contains("to redrive"))
    #expect(try !clinic.done("dead-letter", "list", "file").output.contains("state"))
    try clinic.done("dead-letter", "redrive", "file", id)
    let again = try clinic.sealpost("dead-letter", "redrive", "file", id)
    #expect(again.code == 1 && again.errors.contains("1 letter redriven before"))

    #expect(
      try letters(clinic, "file").compactMap { $0["state"] as? String }.sorted()
        == ["dead", "waiting_for_redrive"])
    let listed = try clinic.done("dead-letter", "list", "file").output
    #expect(
      listed.split(separator: "\n").contains {
        $0.contains(id) && $0.contains("waiting for redrive")
      })
    #expect(
      try clinic.done("dead-letter", "show", "file", id).output.contains("waiting for redrive"))
    #expect(try clinic.done("status").output.contains("to redrive"))
    let status = try #require(try clinic.sealpost.json("status") as? [String: Any])
    let shown = try #require((status["destinations"] as? [[String: Any]])?.first)
    #expect(shown["dead_letters"] as? Int == 1 && shown["waiting_for_redrive"] as? Int == 1)
    let destination = try #require(
      try clinic.sealpost.json("destination", "show", "file") as? [String: Any])
    #expect(destination["waiting_for_redrive"] as? Int == 1)
    #expect(try clinic.sealpost("destination", "remove", "file").code == 2)
    try clinic.done("dead-letter", "export", "file", "--output", "out.jsonl")
    let exported = try String(contentsOfFile: clinic.folder.file("out.jsonl"), encoding: .utf8)
    #expect(exported.split(separator: "\n").count == 2 && exported.contains("waiting_for_redrive"))

    let purged = try clinic.done("dead-letter", "purge", "file", "--all", "--yes")
    #expect(purged.errors.contains("2 letters removed from file, 1 of which waited for redrive"))
    #expect(try letters(clinic, "file").isEmpty)
    #expect(try clinic.sealpost("run", "--json", input: "").output.contains(#""redriven": 0"#))
  }
}
