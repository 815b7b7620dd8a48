import Foundation
import Testing
import Workbench

@testable import DeliveryQueue

@Suite struct FullDiskTests {
  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that is full is an error, loses nothing, and the queue goes on when there is room`()
    throws
  {
    let disk = try #require(SmallDisk(kilobytes: 400))
    let test = TestQueue(in: disk.path)
    test.segmentBytes = 60_000
    let queue = try test.open()
    var count = 0
    var seen: [Int] = []
    for _ in 0..<4 {
      #expect {
        while true {
          try queue.append(count..<count + 1, more: 5_000)
          count += 1
        }
      } throws: { error in
        if case .diskFull = error as? QueueError { true } else { false }
      }
      // Delivering frees whole segments, though there is no room to write anything new.
      for _ in 0..<25 {
        guard let queued = try queue.next() else { break }
        seen += queued.block.events.map { Int($0.receivedUnixNanoseconds) }
        try queue.settle(queued.sequences)
      }
    }
    #expect(count > 100)
    seen += try test.open().drain()
    #expect(seen == Array(0..<count))
  }

  @Test(.enabled(if: SmallDisk.isAllowed, "a tmpfs cannot be mounted by this user"))
  func `a disk that one segment fills has room again when all in it is delivered`() throws {
    let disk = try #require(SmallDisk(kilobytes: 400))
    let test = TestQueue(in: disk.path)
    let queue = try test.open()
    var count = 0
    for _ in 0..<3 {
      #expect(throws: QueueError.self) {
        while true {
          try queue.append(count..<count + 1, more: 5_000)
          count += 1
        }
      }
      _ = try queue.drain()
      // As often as a host tries it in a second.
      for _ in 0..<20 where (try? queue.append(count..<count + 1, more: 5_000)) != nil {
        count += 1
        break
      }
      #expect(try queue.drain() == [count - 1])
    }
    #expect(count > 100)
  }
}
