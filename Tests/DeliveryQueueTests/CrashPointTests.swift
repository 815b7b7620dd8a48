import Foundation
import Testing

@testable import DeliveryQueue

/// Every place where a process may die or a disk may fail: the queue opens again, and holds what it acknowledged.
@Suite struct CrashPointTests {
  /// What was acknowledged, and what was settled, as far as the one who used the queue was told.
  private struct Told {
    var durable: Set<Int> = []
    var settled: Set<Int> = []
  }

  /// A life with every kind of change in it: blocks, deliveries out of order, segments that come and go.
  private func live(_ test: TestQueue, _ disk: FaultyDisk) -> Told {
    var told = Told()
    do {
      let queue = try test.open(disk)
      for round in 0..<6 {
        let numbers = round * 4..<round * 4 + 4
        try queue.append(TestQueue.block(numbers.lowerBound..<numbers.lowerBound + 2, more: 300))
        try queue.append(TestQueue.block(numbers.lowerBound + 2..<numbers.upperBound, more: 300))
        try queue.sync()
        told.durable.formUnion(numbers)
        while let queued = try queue.next() {
          // Every fifth stays; the others are settled from the last to the first.
          for (index, event) in queued.block.events.enumerated().reversed()
          where event.receivedUnixNanoseconds % 5 != 0 {
            let number = queued.sequences.lowerBound + UInt64(index)
            // Told before it is noted: what is settled may come again, what is not settled must.
            told.settled.insert(Int(event.receivedUnixNanoseconds))
            try queue.settle(number..<number + 1)
          }
        }
        if round == 3 { try queue.checkpoint() }
      }
      try queue.close()
    } catch {
      // The process is dead here.
    }
    return told
  }

  private func check(_ test: TestQueue, _ told: Told, _ place: String) throws {
    let queue = try test.open()
    let found = try queue.drain()
    let owed = told.durable.subtracting(told.settled)
    #expect(owed.isSubset(of: found), "\(place): \(owed.subtracting(found)) is lost")
    #expect(found == found.sorted(), "\(place): in order")
    #expect(Set(found).count == found.count, "\(place): none twice")
    #expect(queue.state.lostEvents == 0, "\(place)")
    try queue.append(1000..<1001)
    #expect(try test.open().drain() == [1000], "\(place)")
  }

  private func calls() throws -> Int {
    let test = small()
    let disk = FaultyDisk()
    #expect(live(test, disk).durable.count == 24)
    return disk.calls
  }

  private func small() -> TestQueue {
    let test = TestQueue()
    test.segmentBytes = 2_500
    test.memoryBytes = 1_000
    return test
  }

  @Test func `killed between any two calls of the file system`() throws {
    for point in 1...(try calls()) {
      let test = small()
      let told = live(test, FaultyDisk(.crashAt(point)))
      try check(test, told, "before call \(point)")
    }
  }

  @Test func `killed in the middle of any write`() throws {
    for point in 1...(try calls()) {
      let test = small()
      let told = live(test, FaultyDisk(.tornWriteAt(point)))
      try check(test, told, "in call \(point)")
    }
  }

  @Test func `without power from any call on, all that was never synced gone`() throws {
    for point in 1...(try calls()) {
      let test = small()
      let disk = FaultyDisk(.crashAt(point))
      let told = live(test, disk)
      try disk.loseUnsynced()
      try check(test, told, "power at call \(point)")
    }
  }

  @Test func `killed between any two calls of a recovery from a torn and damaged queue`() throws {
    func damaged() throws -> TestQueue {
      let test = small()
      do {
        let queue = try test.open()
        for number in 0..<8 { try queue.append(number..<number + 1, more: 600) }
      }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: try test.files()[0]))
      bytes[100] ^= 1
      try bytes.write(to: URL(fileURLWithPath: try test.files()[0]))
      let last = try #require(try test.files().last)
      let whole = try Data(contentsOf: URL(fileURLWithPath: last))
      try (whole + Data("SPQR and then the power went".utf8)).write(
        to: URL(fileURLWithPath: last))
      return test
    }
    let disk = FaultyDisk()
    _ = try damaged().open(disk)
    for point in 1...disk.calls {
      let test = try damaged()
      _ = try? test.open(FaultyDisk(.crashAt(point)))
      #expect(try test.open().drain() == Array(1..<8), "call \(point)")
    }
  }

  @Test(arguments: [(ENOSPC, "write"), (EIO, "write"), (EIO, "fdatasync"), (ENOSPC, "open")])
  func `a disk that fails is an error to the sender, and works again when it does`(
    code: Int32, operation: String
  ) throws {
    let test = small()
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    // Long events, so that each block wants a new segment.
    try queue.append(0..<2, more: 3_000)
    for start in [2, 4] {
      disk.fault = .failing(operation, code)
      #expect(throws: QueueError.self) { try queue.append(start..<start + 2, more: 3_000) }
      #expect(throws: QueueError.self) { try queue.append(start..<start + 2, more: 3_000) }
      disk.fault = .none
      try queue.append(start..<start + 2, more: 3_000)
    }
    #expect(try queue.drain(settles: false) == [0, 1, 2, 3, 4, 5])
    #expect(try test.open().drain() == [0, 1, 2, 3, 4, 5])
  }

  @Test func `after a failed sync the same descriptor is never asked again`() throws {
    let test = small()
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    try queue.append(0..<1)
    disk.fault = .failing("fdatasync", EIO)
    #expect(throws: QueueError.self) { try queue.append(1..<2) }
    disk.fault = .none
    try queue.append(2..<3)
    #expect(try test.files().count == 2)
    #expect(try queue.drain(settles: false) == [0, 2])
    let again = try test.open()
    #expect(try again.drain() == [0, 2])
    #expect(again.takeDamage().isEmpty)
  }
}
