import Foundation
import Glibc
import Testing
import Workbench

@testable import DeliveryQueue

/// What a file holds on the disk beyond its size.
private enum RoomAhead {
  /// Whether the file system of temporary files gives such room, and tells of it.
  static let isGiven: Bool = {
    let test = TestQueue()
    guard let queue = try? test.open(), (try? append(4, to: queue)) != nil else { return false }
    return (try? held(by: test)) ?? 0 > 0
  }()

  /// Blocks of half a mebibyte.
  static func append(_ count: Int, to queue: DeliveryQueue) throws {
    for number in 0..<count { try queue.append(number..<number + 1, more: 1 << 19) }
  }

  /// Of all segments, whose sizes are each rounded up to a block; what is less than 64 KiB is the map of their blocks.
  static func held(by test: TestQueue) throws -> Int {
    let bytes = try test.files().reduce(0) { sum, path in
      var status = stat()
      try #require(unsafe stat(path, &status) == 0)
      return sum + Int(status.st_blocks) * 512 - (Int(status.st_size) + 4095) / 4096 * 4096
    }
    return bytes / (1 << 16) * (1 << 16)
  }
}

/// The room that a segment is given ahead: it is there while events come, and no longer.
@Suite(.enabled(if: RoomAhead.isGiven, "the file system of temporary files gives no room ahead"))
struct RoomAheadTests {
  private let test = TestQueue()

  @Test func `no more is taken than was appended, and what is small takes none`() throws {
    let queue = try test.open()
    try RoomAhead.append(2, to: queue)
    #expect(try RoomAhead.held(by: test) == 0)
    try RoomAhead.append(10, to: queue)
    let room = try RoomAhead.held(by: test)
    #expect(room > 0 && room <= 6 << 20, "\(room)")
  }

  @Test func `a segment that is finished holds nothing ahead, nor a queue that is closed`() throws {
    test.segmentBytes = 3 << 20
    let queue = try test.open()
    try RoomAhead.append(8, to: queue)
    #expect(try test.files().count == 2)
    let sizes = try test.files().map { try Data(contentsOf: URL(fileURLWithPath: $0)).count }
    #expect(sizes[0] > 3 << 20)
    try queue.close()
    #expect(try test.files().count == 2)
    #expect(try RoomAhead.held(by: test) == 0)
  }

  @Test func `a queue to which nothing comes gives it back, and takes it again later`() throws {
    let queue = try test.open()
    try RoomAhead.append(6, to: queue)
    try queue.checkpoint()
    #expect(try RoomAhead.held(by: test) > 0, "something came since the last time")
    try queue.checkpoint()
    #expect(try RoomAhead.held(by: test) == 0)
    try RoomAhead.append(1, to: queue)
    #expect(try RoomAhead.held(by: test) > 0)
    #expect(try queue.drain().count == 7)
  }

  @Test func `what a killed process held ahead is given back at the next opening`() async throws {
    let folder = test.folder
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [folder = folder as String] in
      let queue = try TestQueue(at: folder).open()
      for number in 0..<6 { try queue.append(number..<number + 1, more: 1 << 19) }
      kill(getpid(), SIGKILL)
    }
    #expect(try RoomAhead.held(by: test) > 0)
    let queue = try test.open()
    #expect(try RoomAhead.held(by: test) == 0)
    #expect(queue.takeDamage().isEmpty)
    #expect(try queue.drain() == Array(0..<6))
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `of a small disk most is left to others`() throws {
    let disk = try #require(SmallDisk(kilobytes: 32 << 10))
    let test = TestQueue(in: disk.path)
    let queue = try test.open()
    try RoomAhead.append(16, to: queue)
    var space = statvfs()
    try #require(unsafe statvfs(disk.path, &space) == 0)
    // Of 24 MiB that were free at the least, a sixty-fourth; beside that the records alone.
    #expect(Int(space.f_bavail) * Int(space.f_frsize) > 23 << 20)
    #expect(try queue.drain().count == 16)
  }

  @Test func `a disk that gives none, or not enough, is no failure`() throws {
    // Nothing is reserved: as on a file system that cannot.
    let queue = try test.open(FaultyDisk())
    try RoomAhead.append(6, to: queue)
    #expect(try RoomAhead.held(by: test) == 0)
    #expect(try queue.drain() == Array(0..<6))
  }
}
