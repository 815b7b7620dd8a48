import Foundation
import Testing
import Workbench

@testable import HostCommands

/// What an operator does, from nothing to decrypted events, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct StoryTests {
  @Test func `from an empty folder to events that only their owner reads`() throws {
    let clinic = try Clinic()
    try clinic.done("workspace", "verify")
    try clinic.addFile()
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "private.pem")
    try clinic.done("destination", "enable", "file")
    try clinic.folder.write("events.ndjson", Clinic.events)
    let run = try clinic.done("run", "--input", "events.ndjson", "--json")
    let summary = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(summary?["accepted"] as? Int == 30)
    #expect(summary?["encrypted_values"] as? Int == 30)
    let delivered = try text("out.ndjson", clinic)
    #expect(!delivered.contains("canary") && delivered.contains("\"balance\":120.50"))
    let opened = try clinic.done("decrypt", "--key", "private.pem", "out.ndjson")
    #expect(opened.output == Clinic.events)
    #expect(try clinic.done("audit", "verify").output.hasPrefix("sound: "))
    try expectNoValues(clinic)
  }

  private func text(_ name: String, _ clinic: Clinic) throws -> String {
    try clinic.folder.text(name)
  }

  /// No value of an event lies in the workspace, and no private key but the audit log's own.
  private func expectNoValues(_ clinic: Clinic) throws {
    let root = clinic.folder.file("workspace")
    #expect(try filesHolding("canary".utf8, below: root).isEmpty)
    let keys = try filesHolding("PRIVATE KEY".utf8, below: root)
    #expect(keys.allSatisfy { $0.hasPrefix("keys/audit-") }, "\(keys)")
  }

  @Test func `a rotated key leaves what was delivered readable with the old one`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    for key in ["first.pem", "second.pem"] {
      try clinic.done(
        [
          ["encryption", "enable", "file", "--fields", "email"],
          ["encryption", "rotate-key", "file"],
        ][
          key == "first.pem" ? 0 : 1]
          + ["--generate-key", "--bits", "2048", "--private-key-out", key])
      if key == "first.pem" { try clinic.done("destination", "enable", "file") }
      #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    }
    let one = try clinic.sealpost("decrypt", "--key", "second.pem", "out.ndjson")
    #expect(one.code == 1)
    let both = try clinic.done(
      "decrypt", "--key", "first.pem", "--key", "second.pem", "out.ndjson")
    #expect(both.output == Clinic.events + Clinic.events)
    let shown = try clinic.sealpost.json("encryption", "show", "file") as? [String: Any]
    #expect((shown?["retired_keys"] as? [Any])?.count == 1)
  }

  @Test func `fields are added and removed for what comes, and off means clear`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("matcher", "add", "mrn", "--classification", "yellow", "--synonym", "record no")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email,phone", "--generate-key", "--bits", "2048",
      "--private-key-out", "key.pem")
    try clinic.done("encryption", "fields", "add", "file", "mrn")
    try clinic.done("encryption", "fields", "remove", "file", "phone")
    let shown = try clinic.sealpost.json("encryption", "show", "file") as? [String: Any]
    #expect(shown?["fields"] as? [String] == ["email", "mrn"])
    try clinic.done("destination", "enable", "file")
    let line = #"{"type":"page","userId":"u","properties":{"Record-No":"7","phone":"1"}}"# + "\n"
    #expect(try clinic.sealpost("run", "--from", "start", input: line).code == 0)
    let sealed = try text("out.ndjson", clinic)
    #expect(sealed.contains("\"phone\":\"1\"") && !sealed.contains("\"Record-No\":\"7\""))
    let asked = try clinic.sealpost("encryption", "disable", "file")
    #expect(asked.code == 2)
    #expect(asked.errors.contains("nobody can be asked here. Add --yes."))
    try clinic.done("encryption", "disable", "file", "--yes")
    #expect(try clinic.sealpost("run", "--from", "start", input: line).code == 0)
    #expect(try text("out.ndjson", clinic).hasSuffix("\"Record-No\":\"7\",\"phone\":\"1\"}}\n"))
  }

  @Test func `lines that are no events are told, and the exit code says so`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let outcome = try clinic.sealpost("run", input: "{\n" + Clinic.events + "canary-value\n")
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("warning: line 1 rejected: "))
    #expect(outcome.errors.contains("warning: line 32 rejected: "))
    #expect(!outcome.errors.contains("canary"))
    #expect(try text("out.ndjson", clinic) == Clinic.events)
  }

  @Test func `a library that was changed after installation ends with 75, its events kept`() throws
  {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    let library = clinic.folder.file(
      "workspace/adapters/org.sealpost.ndjson-file/1.0.0/libNDJSONFileDestination.so")
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("x".utf8))
    let outcome = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(outcome.code == 75)
    #expect(outcome.errors.contains("has the SHA-256"))
    #expect(
      outcome.errors.contains(
        "30 events not delivered yet, kept in its queue"))
    let shown = try clinic.sealpost.json("destination", "show", "file") as? [String: Any]
    #expect(shown?["dead_letters"] as? Int == 0)
    #expect(shown?["waiting"] as? Int == 30)
    #expect(try clinic.sealpost("workspace", "verify").code == 1)
  }

  @Test func `an altered audit log is named by record and offset, and nothing more is written`()
    throws
  {
    let clinic = try Clinic()
    let file = clinic.folder.file("workspace/audit/audit-000001.jsonl")
    let log = try String(contentsOfFile: file, encoding: .utf8)
    try log.replacing(
      "\"plan\\\",\\\"old\\\":\\\"\\\",\\\"new\\\":\\\"business",
      with: "\"plan\\\",\\\"old\\\":\\\"\\\",\\\"new\\\":\\\"freeeeee"
    )
    .write(toFile: file, atomically: false, encoding: .utf8)
    let verdict = try clinic.sealpost("audit", "verify")
    #expect(verdict.code == 1)
    #expect(verdict.output.hasPrefix("TAMPERED: record 2, "))
    let refused = try clinic.sealpost("matcher", "add", "mrn", "--classification", "yellow")
    #expect(refused.code == 78)
    #expect(refused.errors.contains("was changed: record 2 at offset "))
  }

  @Test(.enabled(if: Sealpost.hasStrace, "strace is absent or may not trace"))
  func `each change is on the disk before the command says so`() throws {
    let clinic = try Clinic()
    let trace = clinic.folder.file("trace")
    let outcome = try Sealpost.run(
      "strace",
      [
        "-f", "-o", trace, "-e", "trace=write,fdatasync,fsync,rename,renameat,renameat2",
        Sealpost.executable, "matcher", "add", "mrn", "--classification", "yellow",
      ], in: clinic.folder.path)
    #expect(outcome.code == 0)
    let calls = try text("trace", clinic).split(separator: "\n").map(String.init)
    let intent = try #require(
      calls.firstIndex { $0.contains("write(") && $0.contains("\"{\\\"v\\\":1") })
    let rename = try #require(calls.firstIndex { $0.contains("rename") && $0.contains("privacy") })
    let answer = try #require(calls.firstIndex { $0.contains("Matcher mrn added") })
    #expect(calls[intent..<rename].contains { $0.contains("fdatasync(") })
    let result = try #require(
      calls[rename...].firstIndex { $0.contains("write(") && $0.contains("\"{\\\"v\\\":1") })
    #expect(calls[result..<answer].contains { $0.contains("fdatasync(") })
  }
}

extension Clinic {
  @discardableResult
  fileprivate func done(_ words: [String]) throws -> Sealpost.Outcome {
    let outcome = try sealpost(words)
    guard outcome.code == 0 else { throw Sealpost.Failure(outcome: outcome) }
    return outcome
  }
}
