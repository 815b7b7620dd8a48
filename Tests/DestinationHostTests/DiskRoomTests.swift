import DestinationHost
import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

/// Dead letters on a disk that is full: the run waits for room, and nothing is lost or kept twice.
@Suite(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
final class DiskRoomTests {
  private let host: TestHost
  private let letters: String

  init() throws {
    host = try TestHost()
    try host.addMisbehaving("picky", ["behaviour": "reject-all"])
    letters = host.workspace.layout.root + "/dead-letters/picky"
    try FileManager.default.createDirectory(atPath: letters, withIntermediateDirectories: true)
    #expect(SmallDisk.mount(letters, "size=16k"))
  }

  deinit { SmallDisk.unmount(letters) }

  @Test func `the run goes on when there is room again, and each letter is there once`() throws {
    let (host, letters) = (host, letters)
    let reports = host.reports
    let asked = Mutex(false)
    let waiting = Thread {
      while !Self.isTold(reports) { usleep(10_000) }
      usleep(300_000)
      asked.withLock { $0 = SmallDisk.mount(letters, "remount,size=4m") }
    }
    waiting.start()
    let summary = try host.run(TestHost.events(200))
    #expect(asked.withLock { $0 })
    #expect(summary.destinations[0].counts.deadLettered == ["rejected_by_destination": 200])
    #expect(Set(try host.deadLetters("picky").map(\.event)).count == 200)
    #expect(try host.deadLetters("picky").count == 200)
    #expect(try FileManager.default.contentsOfDirectory(atPath: letters).count == 1)
    #expect(reports.all.count { Self.isTrouble($0) } == 1, "told once")
  }

  @Test func `a stop does not wait for room, and the events stay in their queue`() throws {
    let begun = ContinuousClock.now
    let reports = host.reports
    #expect(throws: WorkspaceError.self) {
      try host.run(
        TestHost.events(200),
        stop: { Self.isTold(reports) && begun.duration(to: .now) > .seconds(1) })
    }
    #expect(SmallDisk.mount(letters, "remount,size=4m"))
    let summary = try host.run("")
    #expect(summary.destinations[0].counts.deadLettered == ["rejected_by_destination": 200])
    #expect(try host.deadLetters("picky").count == 200)
  }

  @Test func `letters leave the disk only when they are in the queue`() throws {
    let path = try host.addFile("file")
    let long = #","x":"\#(String(repeating: "x", count: 20_000))""#
    let events = (1...3).map { TestHost.event($0, long) }
    try host.workspace.deadLetters(of: "file").append(
      events.map {
        DeadLetter(
          event: Array($0.utf8), form: .sealed, reason: "test", detail: "",
          receivedUnixNanoseconds: 1)
      })
    #expect(try host.workspace.redriveLetters(of: "file") { _ in true } == 3)
    let queue = try host.workspace.queueFolder(of: "file")
    try FileManager.default.createDirectory(atPath: queue, withIntermediateDirectories: true)
    #expect(SmallDisk.mount(queue, "size=16k"))
    defer { SmallDisk.unmount(queue) }
    let begun = ContinuousClock.now
    let stopped = try host.run("", stop: { begun.duration(to: .now) > .seconds(1) })
    #expect(stopped.wasStopped && stopped.redriven == 0)
    #expect(try host.workspace.redriven(to: "file").count() == 3)
    #expect(SmallDisk.mount(queue, "remount,size=4m"))
    #expect(try host.run("").redriven == 3)
    #expect(try host.lines(path) == events)
    #expect(try host.workspace.redriven(to: "file").count() == 0)
  }

  @Test
  func `a place in a file is noted only behind what is durable, though later blocks would fit`()
    throws
  {
    let output = try host.addFile("file")
    try host.workspace.disableDestination("picky")
    let queue = try host.workspace.queueFolder(of: "file")
    try FileManager.default.createDirectory(atPath: queue, withIntermediateDirectories: true)
    #expect(SmallDisk.mount(queue, "size=96k"))
    defer { SmallDisk.unmount(queue) }
    // A block of a mebibyte, for which there is no room, and a small one behind it.
    let long = #","x":"\#(String(repeating: "x", count: 850))""#
    let events = (0..<1_080).map { TestHost.event($0, long) }
    let path = host.folder + "/events.ndjson"
    try (events.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: false, encoding: .utf8)
    let begun = ContinuousClock.now
    let stopped = try run(path, stop: { begun.duration(to: .now) > .seconds(1) })
    #expect(stopped.wasStopped && stopped.accepted == 0)
    #expect(SmallDisk.mount(queue, "remount,size=8m"))
    #expect(try run(path).accepted == 1_080)
    #expect(try host.lines(output) == events)
  }

  /// As the command does: the input is a file, whose position is kept.
  private func run(
    _ path: String, stop: @escaping @Sendable () -> Bool = { false }
  ) throws -> RunSummary {
    let input = unsafe open(path, O_RDONLY)
    defer { close(input) }
    return try host.run(input, stop: stop) { $0.inputPath = path }
  }

  private static func isTrouble(_ report: HostReport) -> Bool {
    if case .queueTrouble("picky", let text) = report { text.contains("No space") } else { false }
  }

  private static func isTold(_ reports: Reports) -> Bool { reports.all.contains(where: isTrouble) }
}
