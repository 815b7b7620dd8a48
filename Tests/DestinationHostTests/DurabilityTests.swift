import AuditLog
import DeliveryQueue
import DestinationHost
import Foundation
import Privacy
import Synchronization
import Testing
import Workspace

/// What stays in the queues, and where an input goes on.
@Suite struct DurabilityTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

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
    #expect(try first.counts(of: "good").delivered == 100)
    #expect(try first.counts(of: "late").waiting == 100)
    #expect(try host.lines(good).count == 100)
    #expect(!FileManager.default.fileExists(atPath: late))
    try host.workspace.setDelivery(of: "late") { $0.paused = nil }
    let second = try host.run(TestHost.event(100) + "\n")
    #expect(try second.counts(of: "late").delivered == 101)
    #expect(try host.lines(late) == (0...100).map { TestHost.event($0) })
  }

  @Test
  func `events that are lost with a damaged queue are told and counted, and the others arrive`()
    throws
  {
    let path = try host.addFile("file")
    try host.workspace.setDelivery(of: "file") { $0.paused = true }
    let folder = try host.workspace.queueFolder(of: "file")
    _ = try host.live { feed, _ in
      for start in [0, 10] {
        try feed(start..<start + 10)
        try host.waitUntil("queued") { try QueueSurvey(folder: folder).waiting == start + 10 }
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
    #expect(try summary.counts(of: "file").delivered == 10)
    #expect(try summary.counts(of: "file").lost == 10 && summary.lost == 10)
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
    #expect(try summary.counts(of: "locked").waiting == 10)
    #expect(try summary.counts(of: "locked").deadLettered.isEmpty)
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
    #expect(try summary.counts(of: "file").delivered == 30_000)
    #expect(try host.lines(path).count == 30_000)
  }
}
