import Foundation
import Testing

@testable import DeliveryQueue

/// Every place where a process may die or a disk may fail: the queue opens again, and holds what it acknowledged.
@Suite struct CrashPointTests {
  /// What was acknowledged, and what was settled, as far as the one who used the queue was told.
  private struct Told {
    var durable: Set<Int> = []
    var settled: Set<Int> = []
    /// Of those the ones whose note was written, and the ones whose note was on the disk.
    var noted: Set<Int> = []
    var checkpointed: Set<Int> = []
    /// Behind the highest number that was given out.
    var end: UInt64 = 0

    /// One stays for ever, so that there are segments that go, the last of all too, and one that does not.
    static func stays(_ number: Int) -> Bool { number == 7 }
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
        try deliver(from: queue, &told)
        if round == 3 { try checkpoint(queue, &told) }
      }
      try queue.close()
      #expect(try test.files().count < 4, "segments go")
      #expect(disk.renames(to: ".segment") > 0, "and are written over")
    } catch {
      // The process is dead here.
    }
    return told
  }

  private func checkpoint(_ queue: DeliveryQueue, _ told: inout Told) throws {
    try queue.checkpoint()
    told.checkpointed = told.noted
  }

  /// Settles all but those that stay, from the last to the first.
  private func deliver(from queue: DeliveryQueue, _ told: inout Told) throws {
    while let queued = try queue.next() {
      told.end = max(told.end, queued.sequences.upperBound)
      for (index, event) in queued.block.events.enumerated().reversed()
      where !Told.stays(Int(event.receivedUnixNanoseconds))
        && queued.settled?.contains(index) != true
      {
        let number = queued.sequences.lowerBound + UInt64(index)
        // Told before it is noted: what is settled may come again, what is not settled must.
        told.settled.insert(Int(event.receivedUnixNanoseconds))
        try queue.settle(number..<number + 1)
        told.noted.insert(Int(event.receivedUnixNanoseconds))
      }
    }
  }

  /// The same life of a host that goes on: what fails is done again, as its committer does, or after a restart.
  private func persist(_ test: TestQueue, _ disk: FaultyDisk) throws -> Told {
    var told = Told()
    var queue: DeliveryQueue?
    var round = 0
    for _ in 0..<50 where round <= 6 {
      do {
        let open = try queue ?? test.open(disk)
        queue = open
        while round < 6 {
          let numbers = round * 4..<round * 4 + 4
          if !told.durable.contains(numbers.lowerBound) { try store(numbers, in: open) }
          told.durable.formUnion(numbers)
          try deliver(from: open, &told)
          if round == 3 { try checkpoint(open, &told) }
          round += 1
        }
        try open.close()
        round += 1
        #expect(open.state.lostEvents == 0)
      } catch {
        #expect((queue?.state.lostEvents ?? 0) == 0)
        queue = nil
      }
    }
    #expect(round == 7, "it comes to an end")
    return told
  }

  /// Two blocks with one sync, until both are durable: see `Committer`.
  private func store(_ numbers: Range<Int>, in queue: DeliveryQueue) throws {
    let blocks = [
      numbers.lowerBound..<numbers.lowerBound + 2, numbers.lowerBound + 2..<numbers.upperBound,
    ].map { TestQueue.block($0, more: 300) }
    var (durable, next) = (0, 0)
    func sync() throws {
      do { try queue.sync() } catch {
        next = durable
        throw error
      }
      durable = next
    }
    for _ in 0..<20 where durable < blocks.count {
      do {
        while next < blocks.count {
          try queue.append(blocks[next])
          next += 1
        }
        try sync()
      } catch {
        if next > durable { try? sync() }
      }
    }
    #expect(durable == blocks.count)
  }

  /// - Parameter isWhole: whether every write that was done is there.
  private func check(
    _ test: TestQueue, _ told: Told, _ place: String, isWhole: Bool = false
  ) throws {
    let queue = try test.open()
    let found = try queue.drain()
    let gone = isWhole ? told.noted : told.checkpointed
    #expect(gone.isDisjoint(with: found), "\(place): delivered, noted, and given out again")
    let owed = told.durable.subtracting(told.settled)
    #expect(owed.isSubset(of: found), "\(place): \(owed.subtracting(found)) is lost")
    #expect(found == found.sorted(), "\(place): in order")
    #expect(Set(found).count == found.count, "\(place): none twice")
    #expect(queue.state.lostEvents == 0, "\(place)")
    // A note that was torn when it was made first is one that there was nothing to note in.
    let known: [QueueDamage.Kind] = told.end == 0 ? [.tornTail, .lostCursor] : [.tornTail]
    #expect(queue.takeDamage().allSatisfy { known.contains($0.kind) }, "\(place)")
    try queue.append(1000..<1001)
    let again = try #require(try test.open().next(), "\(place)")
    #expect(again.block == TestQueue.block(1000..<1001), "\(place)")
    #expect(again.sequences.lowerBound >= told.end, "\(place): a number is used again")
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
      try check(test, told, "before call \(point)", isWhole: true)
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
    for point in 1...(try calls() + 1) {
      for keepsNames in [true, false] {
        let test = small()
        let disk = FaultyDisk(.crashAt(point))
        let told = live(test, disk)
        try disk.losePower(keepsNames: keepsNames)
        try check(test, told, "power at call \(point), names \(keepsNames ? "kept" : "lost")")
      }
    }
  }

  @Test func `a call that fails once, whichever it is, costs no event, and none is given up`()
    throws
  {
    for point in 1...(try calls()) {
      let test = small()
      let told = try persist(test, FaultyDisk(.onceAt(point)))
      #expect(told.durable.count == 24)
      try check(test, told, "call \(point) fails")
    }
  }

  @Test func `a sync that fails while a segment is ended is told by the next one`() throws {
    let test = small()
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    try queue.append(TestQueue.block(0..<1, more: 3_000))
    disk.fault = .failing("fdatasync", EIO)
    // The first is in no segment any more, though it was not this call that failed.
    #expect(throws: QueueError.self) { try queue.append(TestQueue.block(1..<2, more: 3_000)) }
    disk.fault = .none
    #expect(throws: QueueError.self) { try queue.sync() }
    try queue.sync()
    #expect(try queue.drain() == [])
    try queue.append(0..<2)
    #expect(try queue.drain() == [0, 1])
  }

  @Test func `nothing is given out before it is durable, also behind a sync that failed`() throws {
    let test = small()
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    try queue.append(TestQueue.block(0..<2))
    disk.fault = .failing("fdatasync", EIO)
    #expect(throws: QueueError.self) { try queue.sync() }
    disk.fault = .none
    try queue.append(TestQueue.block(2..<4))
    #expect(try queue.next() == nil)
    try queue.sync()
    #expect(try queue.drain() == [2, 3])
  }

  @Test func `a note that is torn when it is written first leaves the last that was synced`() throws
  {
    let test = small()
    let path = test.folder + "-note"
    defer { try? FileManager.default.removeItem(atPath: path) }
    for number in 1...3 as ClosedRange<UInt8> {
      var note = try DurableNote(path: path)
      try note.write([number])
      try note.sync()
      let disk = FaultyDisk()
      disk.fault = .tornWriteAt(7)
      var again = try DurableNote(path: path, disk: disk)
      #expect(throws: QueueError.self) { try again.write([99]) }
      #expect(try DurableNote(path: path).found == [number])
    }
  }

  @Test func `a note that was synced is there after a loss of power, its name too`() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/note-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let disk = FaultyDisk()
    do {
      var note = try DurableNote(path: folder + "/note", disk: disk)
      try note.write([1])
      try note.sync()
      try note.write([2])
    }
    try disk.losePower(keepsNames: false)
    #expect(try DurableNote(path: folder + "/note", disk: disk).found == [1])
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
