import EventJSON
import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

@testable import DestinationHost

/// Lines that were no events, where they cannot be kept.
@Suite struct RejectedLinesTests {
  private let host: TestHost
  private let store: DeadLetterStore

  init() throws {
    host = try TestHost()
    store = try host.workspace.rejected(from: DeadLetterBox.lines)
  }

  /// A block with so many rejected lines of 5,000 bytes.
  private func block(_ count: Int) -> Block {
    let block = Block(destinations: 1)
    block.rejections = (1...count).map { Rejection(line: $0, reason: .missingUser) }
    block.rejectedLines = (1...count).map { _ in [UInt8](repeating: UInt8(ascii: "x"), count: 5000)
    }
    return block
  }

  private func mountSmall() throws {
    try FileManager.default.createDirectory(
      atPath: store.path, withIntermediateDirectories: true)
    #expect(SmallDisk.mount(store.path, "size=12k"))
  }

  @Test func `what is beyond the bound is counted, what fits is kept`() throws {
    let rejected = RejectedLines(store, maximumBytes: 12_000) { _ in Issue.record("a report") }
    rejected.keep(block(3))
    #expect(try store.count() == 2)
    #expect(rejected.notKept == 1)
    // What is there counts for the next run, too.
    let next = RejectedLines(store, maximumBytes: 12_000) { _ in Issue.record("a report") }
    next.keep(block(1))
    #expect(try store.count() == 2)
    #expect(next.notKept == 1)
  }

  @Test func `a purge makes room for more, while the host runs`() throws {
    let rejected = RejectedLines(store, maximumBytes: 12_000) { _ in Issue.record("a report") }
    rejected.keep(block(3))
    #expect(try host.workspace.purgeLetters(in: .rejected, where: nil).all == 2)
    rejected.keep(block(3))
    #expect(try store.count() == 2)
    #expect(rejected.notKept == 2)
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `after a full disk lines are kept again, and each time that it is full is told once`() throws
  {
    try mountSmall()
    defer { SmallDisk.unmount(store.path) }
    let told = Mutex(0)
    let rejected = RejectedLines(store, maximumBytes: 40_000) { _ in told.withLock { $0 += 1 } }
    rejected.keep(block(3))
    rejected.keep(block(3))
    #expect(rejected.notKept == 6)
    #expect(try store.count() == 0, "all of a block or none")
    #expect(told.withLock { $0 } == 1)

    #expect(SmallDisk.mount(store.path, "remount,size=64k"))
    rejected.keep(block(3))
    #expect(try store.count() == 3, "those that were not kept take no room")
    #expect(rejected.notKept == 6)

    let filler = store.path + "/filler"
    try Data().write(to: URL(fileURLWithPath: filler))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: filler))
    while (try? file.write(contentsOf: Data(count: 4096))) != nil {}
    rejected.keep(block(1))
    #expect(told.withLock { $0 } == 2)
    #expect(rejected.notKept == 7)
    #expect(try store.count() == 3)
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that takes none of them ends nothing and loses no event`() throws {
    let path = try host.addFile("file")
    try mountSmall()
    defer { SmallDisk.unmount(store.path) }
    let line = String(repeating: "x", count: 5000)
    let summary = try host.run(
      [TestHost.event(1), line, line, line, TestHost.event(2)].joined(separator: "\n") + "\n")
    #expect(summary.accepted == 2 && summary.rejected == 3 && summary.rejectedNotKept == 3)
    #expect(try host.lines(path) == [TestHost.event(1), TestHost.event(2)])
  }
}
