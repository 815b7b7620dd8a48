import Foundation
import Glibc
import Synchronization
import Testing
import Workbench

@testable import DeliveryQueue

/// The file of a segment that is done with is written over by the next, while events come, and no longer.
@Suite struct SpareSegmentTests {
  private let test = TestQueue()

  init() { test.segmentBytes = 4_000 }

  /// As a host that keeps up: three blocks are under way at most, and the last two at the end.
  private func pass(_ numbers: Range<Int>, through queue: DeliveryQueue) throws {
    for number in numbers {
      try queue.append(number..<number + 1, more: 900)
      guard queue.state.waiting > 2 else { continue }
      let queued = try #require(try queue.next())
      #expect(queued.block.events.map(\.receivedUnixNanoseconds) == [Int64(number - 2)])
      try queue.settle(queued.sequences)
    }
  }

  private func identities() throws -> Set<UInt64> {
    var identities: Set<UInt64> = []
    for path in try test.files("") where !path.hasSuffix("/cursor") {
      var status = stat()
      try #require(unsafe stat(path, &status) == 0)
      identities.insert(UInt64(status.st_ino))
    }
    return identities
  }

  @Test func `a queue that keeps up goes round in two files`() throws {
    let queue = try test.open()
    try pass(0..<12, through: queue)
    let files = try identities()
    #expect(files.count == 2)
    for round in 1..<10 {
      try pass(round * 12..<round * 12 + 12, through: queue)
      #expect(try identities() == files)
      #expect(try test.files(".spare").count == 1)
    }
    #expect(queue.state.segments == 1)
    #expect(queue.takeDamage().isEmpty)
  }

  @Test func `one file is kept, however many are done at once`() throws {
    let queue = try test.open()
    for number in 0..<40 { try queue.append(number..<number + 1, more: 900) }
    #expect(try test.files().count > 5)
    #expect(try queue.drain() == Array(0..<40))
    #expect(try test.files(".spare").count == 1)
  }

  @Test func `what waits is in long segments, what keeps up in short ones`() throws {
    test.segmentBytes = 64 << 20
    let queue = try test.open()
    for number in 0..<160 { try queue.append(number..<number + 1, more: 1 << 20) }
    let sizes = try test.files().map { path in
      try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) >> 20
    }
    #expect(sizes == [16, 16, 16, 64, 48])
    #expect(try queue.drain().count == 160)
    // The long ones are nobody's spare.
    #expect(try test.files(".spare").count == 1)
  }

  @Test func `it goes when nothing comes, when the queue is closed, and at the next opening`()
    throws
  {
    var queue = try test.open()
    try pass(0..<12, through: queue)
    #expect(try test.files(".spare").count == 1)
    try queue.checkpoint()
    #expect(try test.files(".spare").count == 1, "something came since the last time")
    try queue.checkpoint()
    #expect(try test.files(".spare").isEmpty)
    try pass(12..<24, through: queue)
    #expect(try test.files(".spare").count == 1)
    #expect(try queue.drain() == [22, 23])
    try queue.close()
    #expect(try test.files("") == [test.folder + "/cursor"])

    queue = try test.open()
    try pass(24..<36, through: queue)
    #expect(try test.files(".spare").count == 1)
    queue = try test.open()
    #expect(try test.files(".spare").isEmpty)
    #expect(queue.takeDamage().isEmpty)
    #expect(try queue.drain() == [34, 35])
  }

  @Test func `one that cannot be taken away keeps no queue closed`() throws {
    _ = try test.open()
    let path = test.folder + "/00000000000000000007.spare"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let queue = try test.open()
    try pass(0..<12, through: queue)
    #expect(try queue.drain() == [10, 11])
  }

  @Test func `a segment without events that stayed is not taken for the next one of its name`()
    throws
  {
    let disk = FaultyDisk()
    test.maximumBytes = 12_000
    let queue = try test.open(disk)
    try pass(0..<12, through: queue)
    #expect(try queue.drain() == [10, 11])
    // The segment is at its end, and the next gets no record.
    try queue.append(12..<17, more: 900)
    #expect(try queue.drain() == Array(12..<17))
    disk.fault = .failing("write", EIO)
    while (try? queue.append(17..<18, more: 900)) != nil {}
    disk.fault = .none
    disk.fault = .refusing(["fdatasync"], of: "cursor", EIO)
    #expect(throws: QueueError.self) { try queue.close() }
    disk.fault = .none
    for number in 17..<22 { try queue.append(number..<number + 1, more: 900) }
    #expect(try queue.drain(settles: false) == Array(17..<22))
    #expect(try test.open().drain() == Array(17..<22))
  }

  @Test func `a segment that is finished has nothing of the older one in it`() throws {
    test.memoryBytes = 0
    let queue = try test.open()
    try pass(0..<12, through: queue)
    for number in 12..<24 { try queue.append(number..<number + 1, more: 20) }
    try queue.close()
    let whole = try test.files().map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
    #expect(whole.contains { SegmentHeader(Array($0.prefix(64)))?.isWrittenOver == true })
    for bytes in whole {
      var end = SegmentHeader.length
      while let record = RecordHeader(bytes, at: end) { end += record.wholeLength }
      #expect(end == bytes.count)
    }
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that is full has its room back`() throws {
    let disk = try #require(SmallDisk(kilobytes: 400))
    let test = TestQueue(in: disk.path)
    test.segmentBytes = 60_000
    let queue = try test.open()
    for number in 0..<30 { try queue.append(number..<number + 1, more: 5_000) }
    #expect(try queue.drain() == Array(0..<30))
    #expect(try test.files(".spare").count == 1)
    let filling = URL(fileURLWithPath: disk.path + "/filling")
    for size in stride(from: 300_000, to: 0, by: -4_096) {
      if (try? Data(count: size).write(to: filling)) != nil { break }
    }
    var count = 30
    for _ in 0..<40 where (try? queue.append(count..<count + 1, more: 5_000)) != nil { count += 1 }
    #expect(try test.files(".spare").isEmpty)
    #expect(count > 30)
    #expect(try queue.drain() == Array(30..<count))
  }

  @Test(arguments: [
    (["open"], ".spare"), (["write"], ".spare"), (["fdatasync"], ".spare"),
    (["rename"], ".segment"), (["rename"], ".spare"), (["unlink"], ".spare"),
    (["open", "unlink"], ".spare"),
  ])
  func `one that cannot be used costs nothing: there is a new file`(
    operations: [String], part: String
  ) throws {
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    try pass(0..<12, through: queue)
    disk.fault = .refusing(operations, of: part, EIO)
    try pass(12..<40, through: queue)
    disk.fault = .none
    try pass(40..<60, through: queue)
    #expect(try test.files().count <= 2)
    try queue.append(60..<61)
    let again = try test.open()
    #expect(try test.files(".spare").isEmpty)
    #expect(try again.drain() == [58, 59, 60])
    #expect(again.takeDamage().isEmpty)
  }

  @Test
  func `after a kill nothing older comes again, and nothing is called damaged`()
    async throws
  {
    let folder = test.folder
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let test = TestQueue(at: folder)
      test.segmentBytes = 4_000
      let queue = try test.open()
      for number in 0..<30 {
        try queue.append(number..<number + 1, more: 900)
        guard number > 1, let queued = try queue.next() else { continue }
        try queue.settle(queued.sequences)
      }
      kill(getpid(), SIGKILL)
    }
    #expect(try test.files(".spare").count == 1)
    let queue = try test.open()
    #expect(queue.takeDamage().isEmpty)
    #expect(try queue.drain() == [28, 29])
    try queue.close()
    #expect(try test.files("").count == 1)
  }

  @Test func `whoever looks while it is written over counts no event twice`() throws {
    let queue = try test.open()
    try pass(0..<12, through: queue)
    for number in 12..<18 { try queue.append(number..<number + 1, more: 900) }
    let whole = try QueueSurvey(folder: test.folder)
    #expect(whole.waiting == 8)
    #expect(whole.bytes == queue.state.bytes)
    // The host delivers, and writes over the first file, when its header has been read here.
    let disk = FaultyDisk()
    let first = try #require(try test.files().first)
    let file = try SystemDisk().open(first, .update)
    defer { SystemDisk().close(file) }
    let other = SegmentHeader(firstSequence: 20, madeUnixMilliseconds: 0, isWrittenOver: true)
    let reads = LockedCount()
    disk.before = { name, path in
      guard name == "read", path == first, reads.next() == 2 else { return }
      try? SystemDisk().write(other.bytes, to: file, at: 0, first)
    }
    let survey = try QueueSurvey(folder: test.folder, disk: disk)
    #expect(reads.next() > 2)
    #expect(survey.segments == whole.segments - 1)
    #expect(survey.waiting < 8)
  }
}

private final class LockedCount: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
