import DestinationHost
import Foundation
import Synchronization
import Testing
import Workspace

/// Dead letters on a disk that is full: the run waits for room, and nothing is lost or kept twice.
@Suite(.enabled(if: SmallFolder.isAllowed, "a tmpfs cannot be mounted by this user"))
final class DiskRoomTests {
  private let host: TestHost
  private let letters: String

  init() throws {
    host = try TestHost()
    try host.addMisbehaving("picky", ["behaviour": "reject-all"])
    letters = host.workspace.layout.root + "/dead-letters/picky"
    try FileManager.default.createDirectory(atPath: letters, withIntermediateDirectories: true)
    #expect(SmallFolder.mount(letters, "size=16k"))
  }

  deinit { SmallFolder.unmount(letters) }

  @Test func `the run goes on when there is room again, and each letter is there once`() throws {
    let (host, letters) = (host, letters)
    let reports = host.reports
    let asked = Mutex(false)
    let waiting = Thread {
      while !Self.isTold(reports) { usleep(10_000) }
      usleep(300_000)
      asked.withLock { $0 = SmallFolder.mount(letters, "remount,size=4m") }
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
    #expect(SmallFolder.mount(letters, "remount,size=4m"))
    let summary = try host.run("")
    #expect(summary.destinations[0].counts.deadLettered == ["rejected_by_destination": 200])
    #expect(try host.deadLetters("picky").count == 200)
  }

  private static func isTrouble(_ report: HostReport) -> Bool {
    if case .queueTrouble("picky", let text) = report { text.contains("No space") } else { false }
  }

  private static func isTold(_ reports: Reports) -> Bool { reports.all.contains(where: isTrouble) }
}

/// A folder on a file system of its own, of a few kilobytes.
enum SmallFolder {
  static let isAllowed: Bool = {
    let folder = FileManager.default.temporaryDirectory.path + "/mount-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return mount(folder, "size=16k") && run("umount", ["-l", folder])
  }()

  static func mount(_ folder: String, _ options: String) -> Bool {
    run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder])
  }

  static func unmount(_ folder: String) { _ = run("umount", ["-l", folder]) }

  private static func run(_ tool: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
