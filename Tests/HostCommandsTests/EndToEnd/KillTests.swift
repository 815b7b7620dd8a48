import Foundation
import Testing
import Workbench

/// The host, or one of its workers, is killed at random moments until the whole input is delivered.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost is not built"))
struct KillTests {
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil
  private let clinic: Clinic

  init() throws {
    clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
  }

  private func event(_ number: Int) -> String {
    #"{"type":"track","event":"Visited","userId":"u\#(number % 13)","messageId":"m\#(number)","#
      + #""properties":{"n":\#(number),"note":"\#(String(repeating: "x", count: 300))"}}"#
  }

  private func start() throws -> LiveSealpost {
    try LiveSealpost(
      clinic, ["run", "--input", "events.ndjson", "--quiet", "--threads", "2"])
  }

  /// The processes whose parent this is.
  private func children(of parent: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
      let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
      let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && fields[1] == "\(parent)"
    }
  }

  @Test func `no accepted event is lost, users keep their order, and what comes twice is the same`()
    throws
  {
    let kills = Self.isNightly ? 200 : 20
    let portion = 5_000
    try clinic.folder.write("events.ndjson", "")
    let input = try #require(FileHandle(forWritingAtPath: clinic.folder.file("events.ndjson")))
    var killed = 0
    for round in 0..<kills {
      // The input grows before each start, so that every host has something to read, seal and send when it dies.
      let new = (round * portion..<(round + 1) * portion).map { event($0) + "\n" }
      try input.write(contentsOf: Data(new.joined().utf8))
      let process = try start()
      usleep(.random(in: 20_000..<250_000))
      // Every third time it is only a worker that dies, and then the host.
      if round % 3 == 2, let worker = children(of: process.pid).first {
        kill(worker, SIGKILL)
        usleep(.random(in: 0..<300_000))
      }
      if process.isRunning { killed += 1 }
      process.stop(SIGKILL)
    }
    #expect(killed > kills / 2, "most of the kills met a running host")
    let last = try clinic.sealpost("run", "--input", "events.ndjson", "--until-idle")
    #expect(last.code == 0, "\(last.errors.suffix(500))")
    try check(kills * portion)
  }

  /// The number that a line of ``event(_:)`` has in its messageId, which is where its second `m` stands.
  private func number(of line: Substring.UTF8View) -> Int? {
    let parts = line.prefix(80).split(separator: UInt8(ascii: "m"), maxSplits: 2)
    return (parts.last?.split(separator: UInt8(ascii: "\"")).first).flatMap { Int(Substring($0)) }
  }

  private func check(_ count: Int) throws {
    let text = try clinic.folder.text("out.ndjson")
    var seen = [Bool](repeating: false, count: count)
    var newest = [Int](repeating: -1, count: 13)
    var torn = 0
    for line in text.utf8.split(separator: 0x0A) {
      guard let number = number(of: line), number < count, Substring(line) == event(number) else {
        // A kill in the middle of the adapter's write leaves the start of a line, which is ended.
        torn += 1
        continue
      }
      if !seen[number] {
        #expect(
          number > newest[number % 13], "event \(number) came before an earlier one of its user")
        newest[number % 13] = number
      }
      seen[number] = true
    }
    #expect(torn <= 200)
    #expect(seen.allSatisfy { $0 }, "\(seen.count { !$0 }) of \(count) events are missing")
  }

  @Test func `what a paused destination leaves in its queue is told and goes out later`() throws {
    try clinic.done("queue", "pause", "file")
    try clinic.folder.write("events.ndjson", (0..<500).map { event($0) + "\n" }.joined())
    let paused = try clinic.sealpost("run", "--input", "events.ndjson")
    #expect(paused.code == 75)
    #expect(paused.errors.contains("500 events not delivered yet, kept in its queue"))
    let shown = try clinic.sealpost.json("queue", "show", "file") as? [String: Any]
    #expect(shown?["waiting"] as? Int == 500)
    #expect(shown?["paused"] as? Bool == true)
    try clinic.done("queue", "resume", "file")
    #expect(try clinic.sealpost("run", "--until-idle").code == 0)
    try check(500)
  }

  @Test
  func `events that are lost with a damaged queue end a run with another code, and say how many`()
    throws
  {
    try clinic.done("queue", "pause", "file")
    try clinic.folder.write("events.ndjson", (0..<50).map { event($0) + "\n" }.joined())
    #expect(try clinic.sealpost("run", "--input", "events.ndjson").code == 75)
    let folder = clinic.folder.file("workspace/queue/file")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first {
        $0.hasSuffix(".segment")
      })
    var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    try clinic.done("queue", "resume", "file")
    let run = try clinic.sealpost("run", "--json", input: "")
    #expect(run.code == 74)
    #expect(run.errors.contains("50 accepted events lost"), "\(run.errors)")
    #expect(run.output.contains(#""lost": 50"#))
    let shown = try clinic.sealpost.json("queue", "show", "file") as? [String: Any]
    #expect(shown?["waiting"] as? Int == 0 && shown?["damaged_files"] as? Int == 1)
    // Told once: what is set aside is known from then on.
    #expect(try clinic.sealpost("run", input: "").code == 0)
  }

  @Test func `a destination that events wait for is removed only after a question, and they stay`()
    throws
  {
    try clinic.done("queue", "pause", "file")
    try clinic.folder.write("events.ndjson", (0..<50).map { event($0) + "\n" }.joined())
    #expect(try clinic.sealpost("run", "--input", "events.ndjson").code == 75)
    #expect(try clinic.sealpost("destination", "remove", "file").code == 2)
    let removed = try clinic.done("destination", "remove", "file", "--yes")
    #expect(removed.errors.contains("50 events not delivered, kept in its queue"))
    try clinic.done(
      "destination", "add", "file", "--adapter", "org.sealpost.ndjson-file", "--set",
      "path=\(clinic.folder.file("out.ndjson"))")
    try clinic.done("destination", "enable", "file")
    #expect(try clinic.sealpost("run", input: "").code == 0)
    try check(50)
  }

  @Test func `purging throws away what waits, after a question, and is in the audit log`() throws {
    try clinic.done("queue", "pause", "file")
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 75)
    #expect(try clinic.sealpost("queue", "purge", "file").code == 2)
    #expect(try clinic.done("queue", "purge", "file", "--yes").errors.contains("30 events"))
    let shown = try clinic.sealpost.json("queue", "show", "file") as? [String: Any]
    #expect(shown?["waiting"] as? Int == 0)
    #expect(try clinic.done("audit", "log").output.contains("Queue Purged"))
  }

  @Test func `the settings of delivery are shown, checked and taken back`() throws {
    try clinic.done("destination", "set", "file", "--rate-limit", "100", "--retry-hours", "1")
    #expect(try clinic.done("destination", "show", "file").output.contains("events_per_second"))
    #expect(try clinic.sealpost("destination", "set", "file", "--rate-limit", "0").code == 2)
    try clinic.done("destination", "set", "file", "--rate-limit", "default")
    #expect(!(try clinic.done("destination", "show", "file").output.contains("events_per_second")))
  }
}
