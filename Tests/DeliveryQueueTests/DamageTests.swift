import Foundation
import Testing

@testable import DeliveryQueue

/// Bytes that are cut off, changed or not there: each queue opens, and gives what can be read.
@Suite struct DamageTests {
  private let test = TestQueue()

  /// A small queue of three records, two events each, of which the first event is delivered.
  private func fill() throws -> [UInt8] {
    test.memoryBytes = 0
    let queue = try test.open()
    for start in [0, 2, 4] { try queue.append(start..<start + 2) }
    try queue.settle(0..<1)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: try test.files()[0])))
  }

  private func reset(_ segment: [UInt8], _ path: String, _ cursor: Data) throws {
    for file in try test.files("") { try FileManager.default.removeItem(atPath: file) }
    try Data(segment).write(to: URL(fileURLWithPath: path))
    try cursor.write(to: URL(fileURLWithPath: test.folder + "/cursor"))
  }

  @Test func `cut off at every byte, the whole records before it are delivered`() throws {
    let whole = try fill()
    let path = try test.files()[0]
    let cursor = try Data(contentsOf: URL(fileURLWithPath: test.folder + "/cursor"))
    let record = (whole.count - 64) / 3
    for length in 0..<whole.count {
      try reset(Array(whole.prefix(length)), path, cursor)
      let queue = try test.open()
      let records = max(0, length - 64) / record
      #expect(try queue.drain() == Array([1, 2, 3, 4, 5].prefix(max(0, records * 2 - 1))))
      // Five were accepted and not delivered.
      let lost = 5 - max(0, records * 2 - 1)
      #expect(queue.state.lostEvents == lost, "\(length)")
      let damage = queue.takeDamage()
      #expect(damage.contains { $0.kind == .lostEvents && $0.events == lost }, "\(length)")
      let isClean = length == 0 || length >= 64 && (length - 64) % record == 0
      #expect((damage.count == 1) == isClean, "\(length): \(damage)")
      // It is as good as new: it takes events, and opens again without a word.
      try queue.append(10..<11)
      let again = try test.open()
      #expect(again.takeDamage().isEmpty)
      #expect(try again.drain() == [10])
    }
  }

  @Test func `with a bit changed in any byte, at most one record is lost, and never in silence`()
    throws
  {
    let whole = try fill()
    let path = try test.files()[0]
    let cursor = try Data(contentsOf: URL(fileURLWithPath: test.folder + "/cursor"))
    let record = (whole.count - 64) / 3
    for offset in whole.indices {
      var bytes = whole
      bytes[offset] ^= 1 << UInt8(offset % 8)
      try reset(bytes, path, cursor)
      let queue = try test.open()
      let expected: [Int]
      if offset < 64 {
        expected = []
      } else {
        let lost = (offset - 64) / record * 2
        expected = [1, 2, 3, 4, 5].filter { $0 != lost && $0 != lost + 1 }
      }
      #expect(try queue.drain() == expected, "byte \(offset)")
      #expect(queue.state.lostEvents == 5 - expected.count, "byte \(offset)")
      #expect(!queue.takeDamage().isEmpty, "byte \(offset)")
      #expect(try !test.files(".damaged").isEmpty, "byte \(offset)")
      try queue.append(10..<11)
      #expect(try queue.drain() == [10])
    }
  }

  @Test func `a note of what is delivered that is changed at any byte loses no event`() throws {
    let whole = try fill()
    let path = try test.files()[0]
    let cursor = try Data(contentsOf: URL(fileURLWithPath: test.folder + "/cursor"))
    let used = cursor.indices.filter { cursor[$0] != 0 }
    for offset in used + [cursor.count - 1] {
      var bytes = cursor
      bytes[offset] ^= 0x10
      try reset(whole, path, bytes)
      let drained = try test.open().drain()
      #expect(drained == [1, 2, 3, 4, 5] || drained == [0, 1, 2, 3, 4, 5], "byte \(offset)")
    }
    for length in [0, 1, 100, 8191, 8192, 8193] {
      try reset(whole, path, cursor.prefix(length))
      #expect(try test.open().drain().suffix(5) == [1, 2, 3, 4, 5])
    }
    try reset(whole, path, Data(repeating: 0xFF, count: 16_384))
    let queue = try test.open()
    #expect(queue.takeDamage().map(\.kind) == [.lostCursor])
    #expect(try queue.drain() == [0, 1, 2, 3, 4, 5])
  }

  @Test func `what is no segment is set aside, whatever it is`() throws {
    _ = try fill()
    let names = ["00000000000000000100.segment", "a.segment", "zzz.segment"]
    for (index, name) in names.enumerated() {
      let bytes = Data((0..<(index + 1) * 5000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      try bytes.write(to: URL(fileURLWithPath: "\(test.folder)/\(name)"))
    }
    try FileManager.default.createDirectory(
      atPath: test.folder + "/folder.segment", withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: test.folder + "/link.segment", withDestinationPath: "/etc/passwd")
    // One that was made when its process died is no damage.
    try Data().write(to: URL(fileURLWithPath: test.folder + "/00000000000000000200.segment"))
    let queue = try test.open()
    #expect(try queue.drain() == [1, 2, 3, 4, 5])
    #expect(queue.takeDamage().map(\.kind) == Array(repeating: .unreadableSegment, count: 5))
    #expect(try test.open().takeDamage().isEmpty)
  }

  @Test func `a segment from the middle that is gone costs only its events`() throws {
    test.segmentBytes = 1000
    do {
      let queue = try test.open()
      for number in 0..<6 { try queue.append(number..<number + 1, more: 1000) }
    }
    try FileManager.default.removeItem(atPath: try test.files()[2])
    let queue = try test.open()
    #expect(queue.state.lostEvents == 1)
    #expect(queue.takeDamage().map(\.kind) == [.lostEvents])
    #expect(try queue.drain() == [0, 1, 3, 4, 5])
    #expect(try test.files().count <= 1)
  }

  @Test func `a header that is damaged while the queue is open costs its record, counted`() throws {
    test.memoryBytes = 0
    let queue = try test.open()
    for start in [0, 2, 4] { try queue.append(start..<start + 2) }
    let path = URL(fileURLWithPath: try test.files()[0])
    let whole = try Data(contentsOf: path)
    var bytes = whole
    let record = (whole.count - 64) / 3
    bytes[64 + record + 1] ^= 1
    try bytes.write(to: path)
    // Written anew it is another file; the queue opens it when it reads.
    #expect(try queue.drain() == [0, 1, 4, 5])
    #expect(queue.state.waiting == 0)
    #expect(queue.state.lostEvents == 2)
    let damage = queue.takeDamage()
    #expect(damage.map(\.kind) == [.damagedRecord] && damage.first?.events == 2)
    let aside = try #require(damage.first?.setAside)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: aside)) == bytes[64 + record..<64 + 2 * record])
  }

  @Test func `what the disk does not give stays on it, and is counted`() throws {
    test.memoryBytes = 0
    let disk = FaultyDisk()
    let queue = try test.open(disk)
    for start in [0, 2] { try queue.append(start..<start + 2) }
    let first = try #require(try queue.next())
    let whole = try Data(contentsOf: URL(fileURLWithPath: try test.files()[0]))
    disk.fault = .failing("read", EIO)
    #expect(try queue.next() == nil)
    disk.fault = .none
    #expect(queue.state.lostEvents == 2 && queue.state.waiting == 2)
    let damage = queue.takeDamage()
    #expect(damage.map(\.kind) == [.damagedRecord] && damage.first?.events == 2)
    let kept = try #require(damage.first?.setAside)
    try queue.settle(first.sequences)
    try queue.close()
    #expect(try test.files().isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == whole)
    #expect(try test.open().takeDamage().isEmpty)
  }

  @Test func `what there is no room to set aside stays on the disk`() throws {
    let whole = try fill()
    let path = try test.files()[0]
    var bytes = whole
    // The body of the last record, which looks like one that was not written to its end, and the head of the first.
    bytes[whole.count - 1] ^= 1
    bytes[64] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let disk = FaultyDisk(.refusing(["write"], of: ".damaged", ENOSPC))
    let queue = try test.open(disk)
    #expect(queue.takeDamage().map(\.kind) == [.damagedRecord, .tornTail, .lostEvents])
    #expect(queue.state.lostEvents == 3)
    #expect(try queue.drain() == [2, 3])
    try queue.close()
    #expect(try test.files().isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".damaged")) == Data(bytes))
  }

  @Test(arguments: [
    (["open"], EACCES), (["open"], EMFILE), (["open", "rename"], EIO), (["read", "rename"], EIO),
  ])
  func `a segment that can be neither read nor set aside is no delivered one`(
    operations: [String], code: Int32
  ) throws {
    _ = try fill()
    let disk = FaultyDisk(.refusing(operations, of: ".segment", code))
    #expect(throws: QueueError.self) { try test.open(disk) }
    let queue = try test.open()
    #expect(queue.takeDamage().isEmpty)
    #expect(try queue.drain() == [1, 2, 3, 4, 5])
  }

  @Test func `lengths and counts that lie are not believed`() throws {
    let whole = try fill()
    let path = try test.files()[0]
    let cursor = try Data(contentsOf: URL(fileURLWithPath: test.folder + "/cursor"))
    let record = try #require(RecordHeader(whole, at: 64))
    let lies: [(Int, UInt64, Int)] = [
      (0, 0, 2), (1 << 31, 0, 2), (Int(UInt32.max), 0, 2), (record.recordLength, .max, 2),
      (record.recordLength, 0, 0), (record.recordLength, 0, Int(UInt32.max)),
      (record.recordLength, .max - 1, Int(UInt32.max)), (15, 0, 2),
    ]
    for (length, first, count) in lies {
      var bytes = whole
      let header = RecordHeader(
        recordLength: length, firstSequence: first, ordinal: 1,
        appendedUnixMilliseconds: 0, eventCount: count, checksum: record.checksum)
      bytes.replaceSubrange(64..<64 + RecordHeader.length, with: header.bytes)
      try reset(bytes, path, cursor)
      let queue = try test.open()
      let drained = try queue.drain()
      #expect(drained.allSatisfy { (2...5).contains($0) })
    }
  }
}
