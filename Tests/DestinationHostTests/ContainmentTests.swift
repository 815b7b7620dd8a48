import AuditLog
import DestinationHost
import Eligibility
import FieldEncryption
import Foundation
import Privacy
import Synchronization
import Testing
import Workspace

@Suite struct ContainmentTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  private func counts(_ summary: RunSummary, _ id: String) throws -> DeliveryCounts {
    try #require(summary.destinations.first { $0.id == id }).counts
  }

  @Test func `a crash loses no event, and another destination notices nothing`() throws {
    let path = try host.addFile("file")
    // A folder of its own: beside the workspace no adapter may make files.
    try FileManager.default.createDirectory(
      atPath: host.folder + "/marks", withIntermediateDirectories: false)
    try host.addMisbehaving(
      "crash", ["behaviour": "crash-once", "marker": host.folder + "/marks/crashed"])
    let summary = try host.run(TestHost.events(500))
    #expect(try counts(summary, "crash").delivered == 500)
    #expect(try counts(summary, "crash").workerRestarts == 1)
    #expect(try host.lines(path).count == 500)
    let records = try host.workspace.audit.records(
      matching: AuditQuery(type: .adapterRestarted))
    #expect(records.map(\.object) == ["worker/crash"])
  }

  @Test func `the event that crashes an adapter is a dead letter, all others are delivered`() throws
  {
    try host.addMisbehaving("poison", ["behaviour": "crash-on-id", "id": "m-37"])
    let summary = try host.run(TestHost.events(100))
    #expect(try counts(summary, "poison").delivered == 99)
    let letters = try host.deadLetters("poison")
    #expect(letters.map(\.reason) == ["rejected_by_destination"])
    #expect(String(decoding: letters[0].event, as: UTF8.self) == TestHost.event(37))
    #expect(letters[0].detail.contains("the adapter fails on this event"))
    #expect(try host.workspace.workerHistory(of: "poison").misbehaviour == ["poison_event": 1])
  }

  /// What an adapter does while it delivers, and what the log says of it then.
  @Test(arguments: [
    ("crash-on-deliver", "its process ended: signal"),
    ("hang-on-deliver", "it did not answer within"),
    ("exit-on-deliver", "its process ended: exit code 0"),
  ])
  func `an adapter that fails again and again is quarantined, and the others run`(
    behaviour: String, reason: String
  ) throws {
    host.isImpatient = behaviour.hasPrefix("hang")
    let path = try host.addFile("file")
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(3))
    #expect(try host.lines(path).count == 3)
    #expect(try counts(summary, "bad").waiting == 3)
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(history.restarts > 0)
    #expect(history.lastFailure?.reason.hasPrefix(reason) == true)
    #expect(try host.workspace.destination("bad").quarantined?.reason.hasPrefix(reason) == true)
    #expect(
      host.reports.all.contains { if case .quarantined("bad") = $0 { true } else { false } })
    #expect(
      try host.workspace.audit.records(matching: AuditQuery(type: .destinationQuarantined))
        .map(\.object) == ["destination/bad", "destination/bad"])
  }

  @Test(arguments: [
    ("flood-log", "log_flood"), ("unset-outcomes", "no_outcome"), ("bad-outcome", "no_outcome"),
  ])
  func `a breach that costs no restart is counted in the log`(behaviour: String, what: String)
    throws
  {
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    _ = try host.run(TestHost.events(3), patience: .milliseconds(100))
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(try #require(history.misbehaviour[what]) > 0)
    #expect(history.restarts == 0)
    let records = try host.workspace.audit.records(matching: AuditQuery(type: .adapterMisbehaved))
    #expect(records.count < 8, "the adapter does not fill the log")
  }

  @Test(arguments: ["crash-on-start", "hang-on-start"])
  func `an adapter that fails at its start is tried once more, then quarantined`(behaviour: String)
    throws
  {
    host.isImpatient = behaviour.hasPrefix("hang")
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    _ = try host.run(TestHost.events(3))
    #expect(try host.workspace.destination("bad").quarantined != nil)
    let loads = try host.workspace.audit.records(
      matching: AuditQuery(type: .adapterLoaded, object: "worker/bad"))
    #expect(loads.map(\.outcome) == [.intent, .intent, .failed])
    let summary = try host.run(TestHost.events(2))
    #expect(try counts(summary, "bad").waiting == 5)
  }

  @Test(arguments: ["fail-start", "fail-configure", "crash-on-start"])
  func `a destination that does not start keeps its events, and the others run`(behaviour: String)
    throws
  {
    let path = try host.addFile("file")
    try host.addMisbehaving("broken", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(20))
    #expect(try host.lines(path).count == 20)
    #expect(try counts(summary, "broken").waiting == 20)
    #expect(try host.deadLetters("broken").isEmpty)
    #expect(
      host.reports.all.contains { if case .refused("broken", _) = $0 { true } else { false } })
  }

  @Test func `a library that was changed after its installation is refused before it is loaded`()
    throws
  {
    let path = try host.addFile("file")
    let adapter = try host.workspace.adapter("org.sealpost.ndjson-file")
    let library = host.workspace.libraryPath(of: adapter)
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    let summary = try host.run(TestHost.events(5))
    #expect(try counts(summary, "file").waiting == 5)
    #expect(!FileManager.default.fileExists(atPath: path))
    let records = try host.workspace.audit.records(matching: AuditQuery(object: "worker/file"))
    #expect(records.map(\.outcome) == [.denied])
    #expect(records[0].entry.changes[0].new.contains("has the SHA-256"))
  }

  @Test func `a product that is taken from the list does not run any more`() throws {
    try host.addFile("file")
    try host.workspace.disallow(product: "org.sealpost.ndjson-file")
    let summary = try host.run(TestHost.events(5))
    #expect(try counts(summary, "file").waiting == 5)
  }

  @Test func `a document changed by hand puts its destination into quarantine`() throws {
    let path = try host.addFile("file")
    let document = host.workspace.layout.destinations + "/file.json"
    let text = try String(contentsOfFile: document, encoding: .utf8)
    try text.replacing("file.ndjson", with: "elsewhere.ndjson")
      .write(toFile: document, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(summary.undelivered == 5)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: ["cut off", "removed", "turned off by hand"])
  func `what comes while a destination's document cannot be relied on is kept for it`(
    damage: String
  ) throws {
    let path = try host.addFile("file")
    let other = try host.addFile("other")
    let file = host.workspace.layout.destinations + "/file.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    switch damage {
    case "cut off":
      try String(text.prefix(20)).write(toFile: file, atomically: false, encoding: .utf8)
    case "removed": try FileManager.default.removeItem(atPath: file)
    default:
      try text.replacing("\"enabled\" : true", with: "\"enabled\" : false")
        .replacing("\"enabled\":true", with: "\"enabled\":false")
        .write(toFile: file, atomically: false, encoding: .utf8)
    }
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(try host.lines(other).count == 5)
    #expect(try counts(summary, "file").deadLettered == ["destination_refused": 5])
    let isTold = host.reports.all.contains {
      if case .damaged(let text) = $0 { text.contains("destinations/file.json") } else { false }
    }
    #expect(isTold)
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    _ = try host.run("")
    #expect(try host.lines(path) == (0..<5).map { TestHost.event($0) })
  }

  @Test(arguments: ["destinations/file.json", "privacy.json", "workspace.json"])
  func `what comes while a document is edited is kept as it came, and sealed when it is mended`(
    document: String
  ) throws {
    let path = try host.addFile("file", fields: ["email"])
    // Encryption looks off, or the matcher gone, or the plan another one: nothing of that may reach a queue.
    let edits = [
      ("\"email\"", "\"phone\""), ("\"yellow\"", "\"green\""), ("\"business\"", "\"free\""),
    ]
    try host.workspace.add(matcher: Matcher(name: "mrn", classification: .yellow))
    let file = host.workspace.layout.root + "/" + document
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let edited = edits.reduce(text) { $0.replacing($1.0, with: $1.1) }
    try #require(edited != text)
    try edited.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(try counts(summary, "file").deadLettered == ["destination_refused": 5])
    #expect(try host.deadLetters("file").allSatisfy { $0.form == .accepted })
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    _ = try host.run("")
    let lines = try host.lines(path)
    #expect(lines.count == 5 && lines.allSatisfy { !$0.contains("example.com") })
  }

  @Test func `events that are to be retried are, and arrive once`() throws {
    try host.addMisbehaving("busy", ["behaviour": "retry-once"])
    let summary = try host.run(TestHost.events(40))
    let counts = try counts(summary, "busy")
    #expect(counts.delivered == 40 && counts.retried == 40 && counts.undelivered == 0)
  }

  @Test(arguments: [
    ("reject-all", "rejected_by_destination"),
    ("retry-later", "retries_exhausted"), ("unset-outcomes", "retries_exhausted"),
  ])
  func `what cannot be delivered is a dead letter with its reason`(
    behaviour: String, reason: String
  ) throws {
    try host.addMisbehaving("no", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(10), patience: .milliseconds(300))
    #expect(try counts(summary, "no").deadLettered == [reason: 10])
    #expect(try host.deadLetters("no").map(\.event.count).count == 10)
  }

  @Test func `a stop ends the retries, and nothing is lost`() throws {
    try host.addMisbehaving("later", ["behaviour": "retry-later"])
    let asked = Mutex(0)
    let summary = try host.run(TestHost.events(10), patience: .seconds(3600)) {
      asked.withLock {
        $0 += 1
        return $0 > 20
      }
    }
    #expect(try counts(summary, "later").waiting == 10)
  }

  @Test
  func
    `an event with a value that cannot be encrypted is not sent, and the plaintext lies nowhere`()
    throws
  {
    let path = try host.addFile("file", fields: ["email"], format: .oaep)
    let secret = String(repeating: "long-secret-", count: 40)
    let long = TestHost.event(1).replacing("p1@example.com", with: secret)
    let summary = try host.run(
      [TestHost.event(0), long, TestHost.event(2)].joined(separator: "\n"))
    #expect(try counts(summary, "file").deadLettered == ["encryption_value_too_long": 1])
    #expect(try host.lines(path).count == 2)
    #expect(
      try host.deadLetters("file").map { String(decoding: $0.event, as: UTF8.self) } == [long])
    try expectNowhere("long-secret-")
  }

  /// Not one file of the workspace holds the text.
  private func expectNowhere(_ text: String) throws {
    let files = FileManager.default.enumerator(atPath: host.workspace.layout.root)
    while let name = files?.nextObject() as? String {
      guard let data = FileManager.default.contents(atPath: "\(host.workspace.layout.root)/\(name)")
      else { continue }
      #expect(data.range(of: Data(text.utf8)) == nil, "\(name)")
    }
  }

  @Test func `no second host runs on a workspace`() throws {
    try host.addFile("file")
    let input = Pipe()
    try input.fileHandleForWriting.write(contentsOf: Data(TestHost.events(1).utf8))
    let stop = Mutex(false)
    let done = DispatchSemaphore(value: 0)
    let descriptor = input.fileHandleForReading.fileDescriptor
    let first = Box(host)
    let thread = Thread {
      _ = try? first.host.run(descriptor) { stop.withLock { $0 } }
      done.signal()
    }
    thread.start()
    while !host.reports.all.contains(where: { if case .progress = $0 { true } else { false } }) {
      usleep(10_000)
    }
    #expect {
      _ = try host.run("")
    } throws: { error in
      "\(error)".contains("a host runs on it already (pid \(getpid()))")
    }
    stop.withLock { $0 = true }
    done.wait()
  }

  @Test func `without an enabled destination nothing runs`() throws {
    #expect(throws: HostError.noDestination) { _ = try host.run("") }
  }
}

// The host of a test is used by two threads only where the workspace itself keeps them apart.
private struct Box: @unchecked Sendable {
  let host: TestHost

  init(_ host: TestHost) { self.host = host }
}
