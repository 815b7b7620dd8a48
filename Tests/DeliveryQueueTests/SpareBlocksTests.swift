import Testing

@testable import DeliveryQueue

/// Memory that goes from a block that was delivered to one that is sealed next.
@Suite struct SpareBlocksTests {
  private let spare = SpareBlocks()

  /// A block with memory of about that many bytes.
  private static func block(_ bytes: Int) -> EventBlock {
    var block = EventBlock()
    block.reserve(bytes: bytes, events: 10)
    block.bytes += [1, 2, 3]
    return block
  }

  private static func place(_ block: EventBlock) -> UInt {
    unsafe block.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
  }

  @Test func `a block that was given back is used again, empty`() {
    var block = Self.block(200_000)
    let (place, capacity) = (Self.place(block), block.bytes.capacity)
    var given = EventBlock()
    swap(&block, &given)
    spare.give(given)
    given = EventBlock()
    let taken = spare.take()
    #expect(taken.isEmpty && taken.bytes.isEmpty)
    #expect(taken.bytes.capacity == capacity)
    #expect(Self.place(taken) == place)
    #expect(spare.take().bytes.capacity == 0, "it is given once")
  }

  @Test func `a block that somebody still reads stays as it is`() {
    let block = Self.block(200_000)
    spare.give(block)
    var taken = spare.take()
    taken.bytes += [9, 9, 9]
    #expect(block.bytes == [1, 2, 3])
    #expect(taken.bytes == [9, 9, 9])
  }

  @Test func `what is small is not kept, nor more than a bound`() {
    spare.give(Self.block(1_000))
    #expect(spare.take().bytes.capacity == 0)
    for _ in 0..<100 { spare.give(Self.block(1 << 20)) }
    var kept = 0
    while spare.take().bytes.capacity > 0 { kept += 1 }
    #expect((4...8).contains(kept))
  }

  @Test func `an event in memory takes 32 bytes`() {
    #expect(MemoryLayout<QueuedEvent>.stride == 32)
    let event = TestQueue.block(7..<9).events[1]
    let moved = event.moved(to: 1_000)
    #expect(moved.offset == 1_000 && moved.length == event.length)
    #expect(moved.idOffset == 1_014 && moved.idLength == event.idLength)
    #expect(moved.user == event.user && moved.type == event.type)
    #expect(moved.receivedUnixNanoseconds == event.receivedUnixNanoseconds)
  }
}

/// What a queue keeps of the memory of its blocks.
@Suite struct QueueMemoryTests {
  private let test = TestQueue()

  @Test func `what was taken is the taker's alone, though others wait`() throws {
    let queue = try test.open()
    for start in 0..<3 { try queue.append(start..<start + 1, more: 100_000) }
    var block = try #require(try queue.next()).block
    func place() -> UInt {
      unsafe block.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }
    let before = place()
    // With another reference to it, its memory would be left and other taken.
    block.removeAll()
    block.bytes.append(1)
    #expect(place() == before)
    #expect(try queue.drain() == [1, 2])
  }

  @Test func `little in large memory is copied, so the memory is free again`() throws {
    let queue = try test.open()
    var roomy = TestQueue.block(0..<3)
    roomy.reserve(bytes: 1 << 20, events: 3)
    #expect(try !queue.append(roomy))
    #expect(try queue.append(TestQueue.block(3..<30, more: 1_000)))
    try queue.sync()
    let first = try #require(try queue.next()).block
    #expect(first == TestQueue.block(0..<3))
    #expect(first.bytes.capacity < 1_000)
    #expect(try queue.next()?.block == TestQueue.block(3..<30, more: 1_000))
  }

  @Test func `events count with their places for what is kept in memory`() throws {
    // Room for the bytes alone of two, not for their places as well.
    let block = TestQueue.block(0..<100, more: 100)
    test.memoryBytes = 2 * block.bytes.count
    let queue = try test.open()
    #expect(try queue.append(block.copied()))
    #expect(try !queue.append(block.copied()))
    try queue.sync()
    #expect(try queue.next()?.block == block)
    #expect(try queue.next()?.block == block, "the second is read again")
  }

  @Test func `blocks that are read again use memory that was given back`() throws {
    test.memoryBytes = 0
    let queue = try test.open()
    for start in 0..<3 { try queue.append(start..<start + 1, more: 100_000) }
    var given = EventBlock()
    given.reserve(bytes: 300_000, events: 4)
    let capacity = given.bytes.capacity
    queue.settings.spare.give(given)
    given = EventBlock()
    #expect(try #require(try queue.next()).block.bytes.capacity == capacity)
    #expect(try queue.next()?.block == TestQueue.block(1..<2, more: 100_000))
  }
}

/// Records whose index does not fit their bytes: only a host with the key could write one.
@Suite struct HostileRecordTests {
  private func record(_ block: EventBlock) -> [UInt8] { block.index() + block.bytes }

  /// What a record comes to; nil when it is refused.
  private func events(_ record: [UInt8], _ count: Int) -> EventBlock? {
    var filled = TestQueue.block(7..<9)
    return filled.fill(from: record, count: count) ? filled : nil
  }

  @Test func `a record is what it was written from`() {
    let block = TestQueue.block(0..<5)
    #expect(events(record(block), 5) == block)
  }

  @Test(arguments: [0, 4, 8])
  func `lengths beyond the record are refused`(field: Int) {
    for slot in 0..<5 {
      var bytes = record(TestQueue.block(0..<5))
      for index in 0..<(field == 8 ? 2 : 4) { bytes[slot * 28 + field + index] = 0xFF }
      #expect(events(bytes, 5) == nil)
    }
  }

  @Test func `a wrong count, and a record that is cut or longer, are refused`() {
    let bytes = record(TestQueue.block(0..<5))
    for count in [0, 4, 6, 1_000_000] { #expect(events(bytes, count) == nil) }
    for length in 0..<bytes.count { #expect(events(Array(bytes[..<length]), 5) == nil) }
    #expect(events(bytes + [0x0A], 5) == nil)
    #expect(events([], 1) == nil)
  }
}
