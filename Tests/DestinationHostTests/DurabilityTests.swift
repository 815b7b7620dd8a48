import AuditLog
import DeliveryQueue
import DestinationHost
import Foundation
import Privacy
import Synchronization
import Testing
import Workspace

/// What stays in the queues, where an input goes on, and what a changed workspace does to a run.
@Suite struct DurabilityTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  private func counts(_ summary: RunSummary, _ id: String) throws -> DeliveryCounts {
    try #require(summary.destinations.first { $0.id == id }).counts
  }

  /// As the command does: the input is a file, whose position is kept.
  private func run(
    _ path: String, fromStart: Bool = false, stop: @escaping @Sendable () -> Bool = { false }
  ) throws -> RunSummary {
    let input = unsafe open(path, O_RDONLY)
    defer { close(input) }
    return try host.run(input, stop: stop) { run in
      run.inputPath = path
      run.fromStart = fromStart
    }
  }

  private func write(_ lines: Range<Int>, to path: String, more: String = "") throws {
    try (lines.map { TestHost.event($0) + "\n" }.joined() + more)
      .write(toFile: path, atomically: false, encoding: .utf8)
  }

  @Test func `a file is read on where the last run came to`() throws {
    let output = try host.addFile("file")
    let path = host.folder + "/events.ndjson"
    try write(0..<100, to: path)
    #expect(try run(path).accepted == 100)
    #expect(try run(path).read == 0)
    try write(0..<150, to: path)
    #expect(try run(path).accepted == 50)
    #expect(try host.lines(output) == (0..<150).map { TestHost.event($0) })
    #expect(
      host.reports.all.contains { if case .continued(lines: 100) = $0 { true } else { false } })
    #expect(try run(path, fromStart: true).accepted == 150)
  }

  @Test func `line numbers go on too`() throws {
    try host.addFile("file")
    let path = host.folder + "/events.ndjson"
    try write(0..<10, to: path)
    _ = try run(path)
    try write(0..<10, to: path, more: "no event\n")
    _ = try run(path)
    #expect(host.reports.rejections.map(\.line) == [11])
  }

  @Test func `another file of the same name is read from its start`() throws {
    let output = try host.addFile("file")
    let path = host.folder + "/events.ndjson"
    try write(0..<50, to: path)
    _ = try run(path)
    try write(500..<600, to: path)
    #expect(try run(path).accepted == 100)
    try write(500..<510, to: path)
    #expect(try run(path).accepted == 10, "a file that became shorter is another")
    #expect(try host.lines(output).count == 160)
  }

  @Test func `a note that is damaged means from the start, not an error`() throws {
    try host.addFile("file")
    let path = host.folder + "/events.ndjson"
    try write(0..<10, to: path)
    _ = try run(path)
    let folder = host.workspace.layout.positions
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try Data("nonsense".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    #expect(try run(path).accepted == 10)
  }

  @Test func `events of a destination that cannot run wait, and the next run delivers them first`()
    throws
  {
    let good = try host.addFile("good")
    let late = try host.addFile("late")
    try host.workspace.setDelivery(of: "late") { $0.paused = true }
    let first = try host.run(TestHost.events(100))
    #expect(try counts(first, "good").delivered == 100)
    #expect(try counts(first, "late").waiting == 100)
    #expect(try host.lines(good).count == 100)
    #expect(!FileManager.default.fileExists(atPath: late))
    try host.workspace.setDelivery(of: "late") { $0.paused = nil }
    let second = try host.run(TestHost.event(100) + "\n")
    #expect(try counts(second, "late").delivered == 101)
    #expect(try host.lines(late) == (0...100).map { TestHost.event($0) })
  }

  @Test
  func `events that are lost with a damaged queue are told and counted, and the others arrive`()
    throws
  {
    let path = try host.addFile("file")
    try host.workspace.setDelivery(of: "file") { $0.paused = true }
    let folder = try host.workspace.queueFolder(of: "file")
    _ = try live { feed, _ in
      for start in [0, 10] {
        try feed(start..<start + 10)
        try waitUntil("queued") { try QueueSurvey(folder: folder).waiting == start + 10 }
      }
    }
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first {
        $0.hasSuffix(".segment")
      })
    let segment = URL(fileURLWithPath: "\(folder)/\(name)")
    var bytes = try Data(contentsOf: segment)
    // In the body of the first record.
    bytes[64 + 48 + 5] ^= 1
    try bytes.write(to: segment)
    try host.workspace.setDelivery(of: "file") { $0.paused = nil }
    let summary = try host.run("")
    #expect(try counts(summary, "file").delivered == 10)
    #expect(try counts(summary, "file").lost == 10 && summary.lost == 10)
    #expect(try host.lines(path) == (10..<20).map { TestHost.event($0) })
    #expect(
      host.reports.all.contains {
        if case .queueDamaged("file", let damage) = $0 { damage.events == 10 } else { false }
      })
  }

  @Test func `an empty queue leaves no segment behind`() throws {
    try host.addFile("file")
    _ = try host.run(TestHost.events(100))
    let folder = try host.workspace.queueFolder(of: "file")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["cursor"])
  }

  @Test func `credentials that are refused pause a destination, and its events wait`() throws {
    let path = try host.addFile("file")
    try host.addMisbehaving("locked", ["behaviour": "auth"])
    let summary = try host.run(TestHost.events(10))
    #expect(try counts(summary, "locked").waiting == 10)
    #expect(try counts(summary, "locked").deadLettered.isEmpty)
    #expect(try host.lines(path).count == 10)
    #expect(
      host.reports.all.contains {
        if case .paused("locked", let reason) = $0 { reason.contains("credentials") } else { false }
      })
  }

  @Test func `a queue that is full holds the source, and nothing is lost`() throws {
    let path = try host.addFile("file")
    try host.workspace.setDelivery(of: "file") { $0.queueMegabytes = 1 }
    let text = TestHost.events(30_000)
    #expect(text.utf8.count > 3 << 20)
    let summary = try host.run(text)
    #expect(try counts(summary, "file").delivered == 30_000)
    #expect(try host.lines(path).count == 30_000)
  }

  /// A run on a pipe that the test feeds; `body` changes the workspace while it goes on.
  private func live(
    _ body: (_ feed: (Range<Int>) throws -> Void, _ workspace: Workspace) throws -> Void
  ) throws -> RunSummary {
    let input = Pipe()
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<RunSummary, any Error>?>(nil)
    let descriptor = input.fileHandleForReading.fileDescriptor
    let running = Running(host)
    let thread = Thread {
      let outcome = Result { try running.host.run(descriptor) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    thread.start()
    // As another process does.
    let workspace = try Workspace.open(at: host.workspace.layout.root)
    try body(
      { numbers in
        let lines = numbers.map { TestHost.event($0) + "\n" }.joined()
        try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
      }, workspace)
    try input.fileHandleForWriting.close()
    done.wait()
    return try #require(result.withLock { $0 }).get()
  }

  private func waitUntil(_ what: String, _ holds: () throws -> Bool) throws {
    for _ in 0..<1500 {
      if try holds() { return }
      usleep(10_000)
    }
    Issue.record("\(what): it did not come about in 15 seconds")
  }

  private func reconfigurations() -> Int {
    host.reports.all.count { if case .reconfigured = $0 { true } else { false } }
  }

  private func lineCount(_ path: String) -> Int { (try? host.lines(path).count) ?? 0 }

  @Test
  func `fields changed while events come are encrypted from there on, and none is lost or twice`()
    throws
  {
    let path = try host.addFile("file", fields: ["email"])
    try host.workspace.add(matcher: Matcher(name: "price", classification: .yellow))
    let summary = try live { feed, workspace in
      var number = 0
      for round in 1...4 {
        for _ in 0..<10 {
          try feed(number..<number + 20)
          number += 20
        }
        try waitUntil("delivered") { lineCount(path) > number - 100 }
        if round % 2 == 1 {
          try workspace.addEncryptedFields(["price"], to: "file")
        } else {
          try workspace.removeEncryptedFields(["price"], from: "file")
        }
        try waitUntil("taken") { reconfigurations() >= round }
      }
      try feed(number..<number + 20)
    }
    #expect(summary.accepted == 820)
    let lines = try host.lines(path)
    let ids = lines.compactMap {
      $0.firstMatch(of: #/"messageId":"m-(\d+)"/#).flatMap { Int($0.1) }
    }
    #expect(ids == Array(0..<820), "each once, in order")
    #expect(lines.allSatisfy { !$0.contains("@example.com") })
    // Each change is one step in the order of events: no event after it is as before it.
    let clear = lines.map { $0.contains(#""price":120.50"#) }
    let steps = zip(clear, clear.dropFirst()).count { $0 != $1 }
    #expect(steps == 4, "price is clear, sealed, clear, sealed, clear: \(steps) steps")
    #expect(clear[0] && !clear[260] && clear.last == true)
    #expect(summary.destinations[0].counts.workerRestarts == 0)
    let loads = try host.workspace.audit.records(matching: .init(type: .adapterLoaded))
    #expect(loads.count == 2, "other fields are no reason to start the adapter again")
  }

  @Test func `a product that is revoked stops at once, and the others run on`() throws {
    let path = try host.addFile("file")
    try host.addMisbehaving("revoked", ["behaviour": "none"])
    let summary = try live { feed, workspace in
      try feed(0..<50)
      try waitUntil("delivered") { lineCount(path) == 50 }
      try workspace.disallow(product: "org.sealpost.test.misbehaving")
      try waitUntil("taken") { reconfigurations() >= 1 }
      try feed(50..<100)
      try waitUntil("delivered") { lineCount(path) == 100 }
    }
    #expect(try counts(summary, "file").delivered == 100)
    #expect(try counts(summary, "revoked").delivered == 50)
    #expect(try counts(summary, "revoked").waiting == 50)
  }

  @Test func `a destination that is enabled while the host runs gets the events from then on`()
    throws
  {
    let first = try host.addFile("first")
    let second = try host.addFile("second")
    try host.workspace.disableDestination("second")
    let summary = try live { feed, workspace in
      try feed(0..<30)
      try waitUntil("delivered") { lineCount(first) == 30 }
      try workspace.enableDestination("second")
      try waitUntil("taken") { reconfigurations() >= 1 }
      try feed(30..<60)
      try waitUntil("delivered") { lineCount(second) == 30 }
      try workspace.disableDestination("second")
      try waitUntil("taken") { reconfigurations() >= 2 }
      try feed(60..<70)
    }
    #expect(summary.accepted == 70)
    #expect(try host.lines(first).count == 70)
    #expect(try host.lines(second) == (30..<60).map { TestHost.event($0) })
  }

  @Test func `what a pause keeps back is delivered when it ends, while the host runs`() throws {
    let path = try host.addFile("file")
    _ = try live { feed, workspace in
      try feed(0..<10)
      try waitUntil("delivered") { lineCount(path) == 10 }
      try workspace.setDelivery(of: "file") { $0.paused = true }
      try waitUntil("taken") { reconfigurations() >= 1 }
      try feed(10..<20)
      usleep(300_000)
      #expect(lineCount(path) == 10)
      try workspace.setDelivery(of: "file") { $0.paused = nil }
      try waitUntil("delivered") { lineCount(path) == 20 }
    }
    #expect(try host.lines(path) == (0..<20).map { TestHost.event($0) })
  }

  @Test func `letters that are redriven while the host runs are delivered by it`() throws {
    let path = try host.addFile("file")
    let letter = DeadLetter(
      event: Array(TestHost.event(50).utf8), form: .sealed, reason: "test", detail: "",
      receivedUnixNanoseconds: 1)
    try host.workspace.deadLetters(of: "file").append(letter)
    let summary = try live { feed, workspace in
      try feed(0..<10)
      try waitUntil("delivered") { lineCount(path) == 10 }
      #expect(try workspace.redriveLetters(of: "file") { _ in true } == 1)
      try waitUntil("redriven") { lineCount(path) == 11 }
      try feed(10..<20)
    }
    #expect(summary.redriven == 1)
    #expect(try host.lines(path).count == 21)
    #expect(try host.lines(path)[10] == TestHost.event(50))
  }

  @Test(arguments: ["hang-on-deliver", "hang-until-cancelled"])
  func `a stop waits for no adapter that hangs, and its events stay`(behaviour: String) throws {
    try host.addMisbehaving("hung", ["behaviour": behaviour])
    let begun = ContinuousClock.now
    let summary = try host.run(
      TestHost.events(10), stop: { begun.duration(to: .now) > .seconds(2) },
      change: {
        // Without the stop's own deadline this run would take ten minutes.
        $0.deliverDeadline = .seconds(600)
        $0.stopDeadline = .milliseconds(300)
        $0.grace = .milliseconds(500)
      })
    #expect(summary.wasStopped)
    #expect(try counts(summary, "hung").waiting == 10)
    #expect(try counts(summary, "hung").deadLettered.isEmpty)
    #expect(try host.workspace.destination("hung").quarantine == nil)
  }

  @Test func `a second host on one workspace is refused, and the first runs on`() throws {
    let path = try host.addFile("file")
    _ = try live { feed, workspace in
      try feed(0..<10)
      try waitUntil("delivered") { lineCount(path) == 10 }
      let error = #expect(throws: WorkspaceError.self) {
        try DestinationHost.run(HostRun(input: nil), on: workspace)
      }
      #expect(error.map { "\($0)" }?.contains("\(getpid())") == true)
      try feed(10..<20)
    }
    #expect(try host.lines(path).count == 20)
  }

  @Test func `a document that becomes unreadable while the host runs changes nothing`() throws {
    let path = try host.addFile("file")
    _ = try live { feed, workspace in
      try feed(0..<10)
      try waitUntil("delivered") { lineCount(path) == 10 }
      let document = workspace.layout.settings
      let text = try String(contentsOfFile: document, encoding: .utf8)
      try "{".write(toFile: document, atomically: false, encoding: .utf8)
      try waitUntil("told") {
        host.reports.all.contains { if case .damaged = $0 { true } else { false } }
      }
      try feed(10..<20)
      try waitUntil("delivered") { lineCount(path) == 20 }
      try text.write(toFile: document, atomically: false, encoding: .utf8)
    }
    #expect(try host.lines(path).count == 20)
  }

  // The host of a test is used by one other thread, for its run; its workspace and reports are for any thread.
  private struct Running: @unchecked Sendable {
    let host: TestHost

    init(_ host: TestHost) { self.host = host }
  }
}
