import Foundation
import Testing

@testable import DeliveryQueue

@Suite struct DeliveryQueueTests {
  private let test = TestQueue()

  @Test(arguments: [0, 4 << 20])
  func `what is appended is given out, in order and byte for byte`(memory: Int) throws {
    test.memoryBytes = memory
    let queue = try test.open()
    try queue.append(0..<3)
    try queue.append(3..<10)
    let first = try #require(try queue.next())
    #expect(first.block == TestQueue.block(0..<3))
    #expect(first.sequences == 0..<3)
    #expect(first.appendedUnixMilliseconds == 1_000_000)
    #expect(try queue.next()?.block == TestQueue.block(3..<10))
    #expect(try queue.next() == nil)
  }

  @Test func `nothing is given out before it is durable`() throws {
    let queue = try test.open()
    try queue.append(TestQueue.block(0..<3))
    #expect(try queue.next() == nil)
    #expect(queue.state.waiting == 0)
    try queue.sync()
    #expect(try queue.drain() == [0, 1, 2])
  }

  @Test func `what is not settled is given out again after a restart, and only that`() throws {
    do {
      let queue = try test.open()
      for start in stride(from: 0, to: 100, by: 10) { try queue.append(start..<start + 10) }
      #expect(try queue.drain(settles: false).count == 100)
      try queue.settle(0..<25)
      try queue.settle(40..<50)
      try queue.settle(93..<94)
    }
    let queue = try test.open()
    #expect(queue.state.waiting == 64)
    #expect(
      try queue.drain() == Array(25..<40) + Array(50..<93) + Array(94..<100))
    #expect(queue.state.waiting == 0)
  }

  @Test func `a restart between any two blocks changes nothing`() throws {
    var seen: [Int] = []
    for round in 0..<20 {
      let queue = try test.open()
      #expect(queue.takeDamage().isEmpty)
      try queue.append(round * 5..<round * 5 + 5)
      seen += try queue.drain(settles: round % 3 != 0).filter { !seen.contains($0) }
    }
    #expect(seen == Array(0..<100))
  }

  @Test func `finished segments go, and a queue that is empty leaves none`() throws {
    test.segmentBytes = 4096
    let queue = try test.open()
    for number in 0..<40 { try queue.append(number..<number + 1, more: 400) }
    let before = try test.files().count
    #expect(before > 3)
    #expect(try queue.drain().count == 40)
    #expect(try test.files().count == 1)
    #expect(queue.state.segments == 1)
    try queue.close()
    #expect(try test.files().isEmpty)
    #expect(try test.open().drain().isEmpty)
  }

  @Test func `numbers are never used again, also when all segments are gone`() throws {
    for round in 0..<3 {
      let queue = try test.open()
      try queue.append(round..<round + 1)
      let queued = try #require(try queue.next())
      #expect(queued.sequences.lowerBound == UInt64(round))
      try queue.settle(queued.sequences)
      try queue.close()
    }
  }

  @Test func `a full queue refuses, keeps what it has, and takes again when some is delivered`()
    throws
  {
    test.maximumBytes = 20_000
    test.segmentBytes = 4_000
    let queue = try test.open()
    var count = 0
    #expect {
      while count < 1000 {
        try queue.append(count..<count + 1, more: 900)
        count += 1
      }
    } throws: { error in
      (error as? QueueError) == .full(folder: test.folder, maximumBytes: 20_000)
    }
    #expect(count > 10)
    for _ in 0..<5 {
      let queued = try #require(try queue.next())
      try queue.settle(queued.sequences)
    }
    try queue.append(count..<count + 1, more: 900)
    #expect(try queue.drain() == Array(5...count))
    // Empty again, it is as large as at first.
    for number in 0..<count { try queue.append(number..<number + 1, more: 900) }
  }

  @Test func `nothing of an event can be read on the disk`() throws {
    let queue = try test.open()
    try queue.append(0..<50, more: 30)
    for path in try test.files("") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(bytes.range(of: Data("messageId".utf8)) == nil)
      #expect(bytes.range(of: Data("xxxxxxxx".utf8)) == nil)
    }
  }

  @Test func `the same events are never the same bytes`() throws {
    let queue = try test.open()
    try queue.append(0..<1, more: 200)
    try queue.append(0..<1, more: 200)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: try test.files()[0])))
    let half = (bytes.count - 64) / 2
    #expect(bytes[(64 + 48)..<(64 + half)] != bytes[(64 + half + 48)...])
  }

  @Test func `another key opens nothing, and that is damage, not a crash`() throws {
    do { try test.open().append(0..<5) }
    test.key = [UInt8](repeating: 8, count: 32)
    let queue = try test.open()
    #expect(try queue.drain().isEmpty)
    #expect(queue.takeDamage().map(\.kind) == [.damagedRecord])
    #expect(queue.state.lostEvents == 5)
    #expect(try test.files(".damaged").count == 1)
  }

  @Test func `a record that is moved to another segment or place is not taken`() throws {
    test.memoryBytes = 0
    do {
      let queue = try test.open()
      try queue.append(0..<1)
      try queue.append(1..<2)
    }
    let path = URL(fileURLWithPath: try test.files()[0])
    var bytes = [UInt8](try Data(contentsOf: path))
    let half = (bytes.count - 64) / 2
    // The second record, under the first one's number: header and checksums are anybody's to make.
    var header = try #require(RecordHeader(bytes, at: 64 + half))
    let body = Array(bytes[(64 + half + 48)...])
    header = RecordHeader(
      recordLength: header.recordLength, firstSequence: 0, ordinal: 1,
      appendedUnixMilliseconds: header.appendedUnixMilliseconds, eventCount: 1,
      checksum: CRC32C.checksum(body, body.indices))
    bytes.replaceSubrange(64..<64 + half, with: header.bytes + body)
    try Data(bytes).write(to: path)
    let queue = try test.open()
    #expect(try queue.drain() == [1])
    #expect(queue.state.lostEvents == 1)
  }

  @Test func `purge forgets what waits, for good`() throws {
    do {
      let queue = try test.open()
      try queue.append(0..<5)
      #expect(try queue.purge() == 5)
      #expect(try queue.drain().isEmpty)
      try queue.append(5..<6)
    }
    #expect(try test.open().drain() == [5])
  }

  @Test func `one thread appends while another takes, and nothing is missed`() throws {
    test.segmentBytes = 50_000
    test.memoryBytes = 20_000
    let queue = try test.open()
    let appending = Thread {
      for start in stride(from: 0, to: 3_000, by: 3) { try? queue.append(start..<start + 3) }
    }
    appending.start()
    var seen: [Int] = []
    let deadline = Date().addingTimeInterval(60)
    while seen.count < 3_000, Date() < deadline { seen += try queue.drain() }
    #expect(seen == Array(0..<3_000))
    #expect(try test.files().count <= 2)
  }

  @Test func `a clock that steps back and forward changes no order and loses nothing`() throws {
    let test = TestQueue()
    test.segmentBytes = 256
    let day: Int64 = 24 * 3600 * 1000
    for (part, time) in [day, -day, 3650 * day, 0, 2 * day].enumerated() {
      test.now = { time }
      let queue = try test.open()
      try queue.append(part * 10..<part * 10 + 5)
      test.now = { time - day }
      try queue.append(part * 10 + 5..<part * 10 + 10)
      #expect(queue.takeDamage().isEmpty)
    }
    #expect(try test.open().drain() == Array(0..<50))
    #expect(try test.open().state.waiting == 0)
  }
}
