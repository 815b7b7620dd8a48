import Cryptography
import Foundation
import Testing
import Workbench

@testable import DeliveryQueue

/// A segment that is written over an older one, torn and damaged at every byte: the older one's records stay what they
/// are, done with.
@Suite struct WrittenOverTests {
  private let test = TestQueue()
  private let first = 100

  /// The file's bytes after each of three records, two events each, with an older segment's behind them.
  private struct Growth {
    var states: [[UInt8]] = []
    var path = ""
    /// How long each record is.
    var record = 0
    var longestOlder = 0

    /// Behind so many records.
    func end(_ count: Int) -> Int { SegmentHeader.length + count * record }
  }

  private func events(_ count: Int) -> [Int] { Array(first..<first + 2 * count) }

  /// - Parameter isAligned: whether the older records stand where the new ones do.
  private func grow(isAligned: Bool) throws -> Growth {
    let disk = SystemDisk()
    try disk.makeFolder(test.folder)
    var key = test.key
    let secret = SecretBytes(moving: &key)
    let settings = QueueSettings(name: test.name, now: test.now)
    func writer(_ number: Int, over spare: SpareSegment? = nil) throws -> SegmentWriter {
      try SegmentWriter(
        folder: test.folder, firstSequence: UInt64(number), over: spare, key: secret, settings,
        disk)
    }
    var growth = Growth()
    var older = try writer(0)
    for number in 0..<8 {
      let block = TestQueue.block(10 + 2 * number..<12 + 2 * number, more: isAligned ? 6 : number)
      try older.append(block, sequence: UInt64(2 * number), time: 0)
      growth.longestOlder = max(growth.longestOlder, SegmentWriter.length(of: block))
    }
    let segment = QueueSegment(
      path: older.path, sequences: 0..<16, size: older.size, firstUnixMilliseconds: 0,
      isActive: false)
    let spare = SpareSegment(of: segment)
    try disk.rename(segment.path, to: spare.path)
    var newer = try writer(first, over: spare)
    growth.path = newer.path
    func note() throws {
      growth.states.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: newer.path))))
    }
    try note()
    for number in 0..<3 {
      let numbers = first + 2 * number..<first + 2 * number + 2
      let block = TestQueue.block(numbers, more: 5)
      try newer.append(block, sequence: UInt64(numbers.lowerBound), time: 0)
      growth.record = SegmentWriter.length(of: block)
      try note()
    }
    #expect(RecordHeader(growth.states[3], at: growth.end(3)) == nil)
    #expect(growth.states[3].count == spare.size)
    return growth
  }

  /// Opens a queue whose folder has that file, and a note that so many records are durable.
  private func open(
    _ bytes: [UInt8], _ growth: Growth, durable: Int
  ) throws -> DeliveryQueue {
    for file in try test.files("") { try FileManager.default.removeItem(atPath: file) }
    try Data(bytes).write(to: URL(fileURLWithPath: growth.path))
    var settled = SequenceSet()
    settled.insert(0..<UInt64(first))
    var note = try DurableNote(path: test.folder + "/" + Cursor.name)
    try note.write(Cursor(settled: settled, end: UInt64(first + 2 * durable)).bytes)
    try note.sync()
    return try test.open()
  }

  /// As good as new: it takes events, and opens again without a word.
  private func expectGoesOn(_ queue: DeliveryQueue, _ place: Comment) throws {
    try queue.append(500..<501)
    let again = try test.open()
    #expect(again.takeDamage().isEmpty, place)
    #expect(try again.drain() == [500], place)
  }

  @Test(arguments: [true, false])
  func `cut off while any byte of a record is written, it has all before it, and no older one`(
    isAligned: Bool
  ) throws {
    let growth = try grow(isAligned: isAligned)
    for records in 0..<3 {
      let start = growth.end(records)
      for length in 0...growth.record + SegmentEnd.bytes.count {
        let place: Comment = "\(length) bytes of record \(records)"
        var bytes = growth.states[records]
        bytes.replaceSubrange(
          start..<start + length, with: growth.states[records + 1][start..<start + length])
        let queue = try open(bytes, growth, durable: records)
        let damage = queue.takeDamage()
        // Its last bytes may be, by chance, the older one's.
        let isWhole =
          bytes[start..<growth.end(records + 1)]
          == growth.states[records + 1][start..<growth.end(records + 1)]
        #expect(length < growth.record - 4 ? !isWhole : length < growth.record || isWhole)
        let end = isWhole ? growth.end(records + 1) : start
        let isTorn = bytes[end..<end + SegmentEnd.bytes.count] != SegmentEnd.bytes[...]
        if length == 0 || length >= growth.record + SegmentEnd.bytes.count { #expect(!isTorn) }
        if length > 0, !isWhole { #expect(isTorn) }
        #expect(damage.map(\.kind) == (isTorn ? [.tornTail] : []), place)
        if let aside = damage.first?.setAside {
          // What there is of it, and of the older record under it.
          let kept = [UInt8](try Data(contentsOf: URL(fileURLWithPath: aside)))
          #expect(bytes[end...].starts(with: kept), place)
          // A last byte may be, by chance, the older one's.
          let rest = (end + kept.count)...
          #expect(bytes[rest] == growth.states[records][rest], place)
          #expect(kept.count <= growth.record + growth.longestOlder, place)
        }
        #expect(try queue.drain() == events(records + (isWhole ? 1 : 0)), place)
        #expect(queue.state.lostEvents == 0, place)
        try expectGoesOn(queue, place)
      }
    }
  }

  @Test(arguments: 0..<60)
  func `whatever part of what was not synced is on the disk, nothing that was is missing`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let growth = try grow(isAligned: seed.isMultiple(of: 2))
    let piece = [16, 64, 200].randomElement(using: &random)!
    var bytes = growth.states[1]
    for start in stride(from: 0, to: bytes.count, by: piece) where Bool.random(using: &random) {
      let range = start..<min(start + piece, bytes.count)
      bytes.replaceSubrange(range, with: growth.states[3][range])
    }
    let queue = try open(bytes, growth, durable: 1)
    let found = try queue.drain()
    #expect(found.starts(with: events(1)))
    #expect(found == events(3).filter { found.contains($0) }, "in order, none twice, none older")
    try expectGoesOn(queue, "seed \(seed)")
  }

  @Test(arguments: [true, false])
  func `with a bit changed in any byte, at most one record is lost, never in silence`(
    isAligned: Bool
  ) throws {
    let growth = try grow(isAligned: isAligned)
    for offset in growth.states[3].indices {
      var bytes = growth.states[3]
      bytes[offset] ^= 1 << UInt8(offset % 8)
      let queue = try open(bytes, growth, durable: 3)
      var expected = events(3)
      if offset < SegmentHeader.length {
        expected = []
      } else if offset < growth.end(3) {
        let lost = (offset - SegmentHeader.length) / growth.record
        expected.removeSubrange(2 * lost..<2 * lost + 2)
      }
      #expect(try queue.drain() == expected, "byte \(offset)")
      #expect(queue.state.lostEvents == 6 - expected.count, "byte \(offset)")
      if expected.count < 6 {
        #expect(!queue.takeDamage().isEmpty, "byte \(offset)")
        #expect(try !test.files(".damaged").isEmpty, "byte \(offset)")
      }
    }
  }

  @Test(arguments: [true, false])
  func `zeros where a record stood are no end while another follows`(isAligned: Bool) throws {
    let growth = try grow(isAligned: isAligned)
    for record in 0..<3 {
      for length in [RecordHeader.length, growth.record] {
        var bytes = growth.states[3]
        let start = growth.end(record)
        bytes.replaceSubrange(start..<start + length, with: repeatElement(0, count: length))
        let queue = try open(bytes, growth, durable: 3)
        let expected = events(3).filter { ($0 - first) / 2 != record }
        #expect(try queue.drain() == expected, "\(length) zeros for record \(record)")
        #expect(queue.state.lostEvents == 2)
        #expect(!queue.takeDamage().isEmpty)
      }
    }
  }

  @Test func `cut off anywhere, the whole records before it are delivered`() throws {
    let growth = try grow(isAligned: true)
    for length in 0..<growth.states[3].count {
      let queue = try open(Array(growth.states[3].prefix(length)), growth, durable: 3)
      let records = min(3, max(0, length - SegmentHeader.length) / growth.record)
      #expect(try queue.drain() == events(records), "\(length) bytes")
      #expect(queue.state.lostEvents == 6 - 2 * records, "\(length) bytes")
    }
  }
}
