import CDestinationAdapter
import Glibc
import Testing

@testable import AdapterLoading

/// The memory in which a batch goes from the host to its worker, with both ends in this process.
@Suite final class BatchMemoryTests {
  private let memory: OwnedDescriptor
  private let host: BatchMemory

  init() throws {
    memory = try BatchMemory.make()
    host = try BatchMemory(memory)
  }

  /// What the worker's end makes of a message: the whole, then each event's JSON and id; nil when it takes none of it.
  private func received(_ message: DeliverMessage) throws -> [String]? {
    var batch = try IncomingBatch(mapping: try BatchMemory.reader(of: memory))
    var texts: [String] = []
    let isTaken = unsafe batch.withBatch(message, deadline: 0) { batch, _ in
      texts.append(unsafe text(batch.ndjson))
      for index in 0..<Int(unsafe batch.event_count) {
        texts.append(unsafe text(batch.events[index].json))
        texts.append(unsafe text(batch.events[index].id))
      }
    }
    return isTaken ? texts : nil
  }

  private func text(_ span: destination_span) -> String {
    let bytes = unsafe UnsafeBufferPointer(start: span.data, count: span.length)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }

  private func message(_ count: Int, _ byteCount: Int) -> DeliverMessage {
    DeliverMessage(batchID: 1, token: 2, timeout: 3, count: count, byteCount: byteCount)
  }

  /// Its events, each with its id.
  private func texts(_ batch: OutgoingBatch) -> [(json: String, id: String)] {
    batch.events[batch.selection].map { event in
      let id = event.idOffset..<event.idOffset + event.idLength
      let json = event.offset..<event.offset + event.length
      return (
        String(decoding: batch.ndjson[json], as: UTF8.self),
        String(decoding: batch.ndjson[id], as: UTF8.self)
      )
    }
  }

  @Test(arguments: [0..<5, 0..<1, 2..<4, 4..<5, 3..<3])
  func `the selected events come out as they went in`(selection: Range<Int>) throws {
    var batch = Fixture.batch(5)
    batch.selection = selection
    let byteCount = try #require(host.lay(out: batch))
    let events = texts(batch)
    #expect(
      try received(message(selection.count, byteCount))
        == [events.map(\.json).joined(separator: "\n")] + events.flatMap { [$0.json, $0.id] })
  }

  @Test func `what stands between two events stays in the host`() throws {
    let gaps = Array(" secret ".utf8)
    var batch = Fixture.batch(3)
    var ndjson = gaps
    for index in batch.events.indices {
      let event = batch.events[index]
      batch.events[index].idOffset += ndjson.count - event.offset
      batch.events[index].offset = ndjson.count
      ndjson += batch.ndjson[event.offset..<event.offset + event.length] + gaps
    }
    batch.ndjson = ndjson
    // In any order, and twice if somebody wants it so.
    batch.events.swapAt(0, 2)
    batch.events.append(batch.events[0])
    let byteCount = try #require(host.lay(out: batch))
    let events = texts(batch)
    #expect(events[0].id == "id-2")
    #expect(
      try received(message(4, byteCount))
        == [events.map(\.json).joined(separator: "\n")] + events.flatMap { [$0.json, $0.id] })
  }

  @Test func `no event that reaches out of its batch is laid out`() {
    let good = Fixture.batch(4)
    #expect(host.lay(out: good) != nil)
    let changes: [(inout OutgoingBatch) -> Void] = [
      { $0.events[2].offset = -1 }, { $0.events[3].length += 100 }, { $0.events[0].length = 0 },
      { $0.events[0].length = -1 }, { $0.events[1].length = .max }, { $0.events[1].offset = .max },
      { $0.events[1].idOffset = $0.events[2].offset + 1 }, { $0.events[1].idLength = -1 },
      { $0.events[1].idOffset = $0.events[1].offset - 1 }, { $0.events[1].idLength = .max },
      { $0.events[1].idOffset = .max }, { $0.events[1].length = 1 << 40 },
      { $0.selection = 2..<9 }, { $0.selection = -1..<2 }, { $0.ndjson.removeLast(20) },
      { $0.ndjson = [] },
    ]
    for (number, change) in changes.enumerated() {
      var batch = good
      change(&batch)
      #expect(host.lay(out: batch) == nil, "change \(number)")
    }
  }

  @Test func `a batch that is larger than the memory is not laid out`() {
    let event = EventSlot(
      offset: 0, length: 1 << 20, idOffset: 0, idLength: 1, type: 1, attempt: 1,
      receivedUnixNanoseconds: 0)
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    let most = (BatchSlot.sizeOfMemory >> 20) - 1
    for (count, fits) in [(most, true), (most + 1, false)] {
      let batch = OutgoingBatch(
        batchID: 1, ndjson: bytes, events: Array(repeating: event, count: count))
      #expect((host.lay(out: batch) != nil) == fits)
    }
  }

  @Test func `what only a batch of unusual size needed is given back`() throws {
    let event = EventSlot(
      offset: 0, length: 1 << 20, idOffset: 0, idLength: 1, type: 1, attempt: 1,
      receivedUnixNanoseconds: 0)
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<2 {
      let batch = OutgoingBatch(
        batchID: 1, ndjson: bytes, events: Array(repeating: event, count: 30))
      let byteCount = try #require(host.lay(out: batch))
      #expect(try residentBytes() > 30 << 20)
      #expect(try received(message(30, byteCount))?.first?.utf8.count == byteCount)
      host.giveBack()
      #expect(try residentBytes() == BatchMemory.kept)
    }
    let small = Fixture.batch(3)
    let byteCount = try #require(host.lay(out: small))
    host.giveBack()
    #expect(try received(message(3, byteCount)) != nil)
    #expect(try residentBytes() == BatchMemory.kept)
  }

  private func residentBytes() throws -> Int {
    var status = stat()
    try #require(unsafe fstat(memory.number, &status) == 0)
    return Int(status.st_blocks) * 512
  }

  @Test func `its size is for ever, whoever has it`() {
    #expect(ftruncate(memory.number, 0) == -1 && errno == EPERM)
    #expect(ftruncate(memory.number, off_t(BatchSlot.sizeOfMemory) + 1) == -1 && errno == EPERM)
    // F_ADD_SEALS with F_SEAL_WRITE: no other seal either.
    #expect(fcntl(memory.number, 1033, 8) == -1 && errno == EPERM)
  }

  @Test func `the worker's descriptor writes nothing, and nor does a mapping of it`() throws {
    let reader = try BatchMemory.reader(of: memory)
    let size = 4096
    #expect(unsafe pwrite(reader.number, "x", 1, 0) == -1 && errno == EBADF)
    #expect(ftruncate(reader.number, 0) == -1 && errno == EINVAL)
    #expect(posix_fallocate(reader.number, 0, off_t(size)) == EBADF)
    let writable = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, reader.number, 0)
    #expect(unsafe writable == MAP_FAILED && errno == EACCES)
    let mapping = unsafe try #require(mmap(nil, size, PROT_READ, MAP_SHARED, reader.number, 0))
    #expect(unsafe mprotect(mapping, size, PROT_READ | PROT_WRITE) == -1 && errno == EACCES)
    #expect(unsafe madvise(mapping, size, MADV_REMOVE) == -1)
    unsafe munmap(mapping, size)
  }

  @Test func `a slot beyond the bytes is not taken`() throws {
    let byteCount = try #require(host.lay(out: Fixture.batch(3)))
    #expect(try received(message(3, byteCount)) != nil)
    #expect(try received(message(3, byteCount - 1)) == nil)
    for number in 0..<3 {
      for word in 0..<4 {
        try #require(host.lay(out: Fixture.batch(3)) == byteCount)
        var large = UInt32.max - UInt32(word)
        let place = off_t(BatchSlot.size(of: number) + word * 4)
        try #require(unsafe pwrite(memory.number, &large, 4, place) == 4)
        #expect(try received(message(3, byteCount)) == nil)
      }
    }
  }

  @Test func `damaged slots are taken for no more than the batch's bytes`() throws {
    var random = SystemRandomNumberGenerator()
    let size = BatchSlot.size(of: 3)
    for _ in 0..<500 {
      let byteCount = try #require(host.lay(out: Fixture.batch(3)))
      let bit = Int.random(in: 0..<size * 8, using: &random)
      var byte: UInt8 = 0
      try #require(unsafe pread(memory.number, &byte, 1, off_t(bit / 8)) == 1)
      byte ^= 1 << UInt8(bit % 8)
      try #require(unsafe pwrite(memory.number, &byte, 1, off_t(bit / 8)) == 1)
      if let texts = try received(message(3, byteCount)) {
        #expect(texts.allSatisfy { $0.utf8.count <= 3 * byteCount })
      }
    }
  }

  @Test func `a message is read as it was written, and no other bytes are one`() {
    let message = message(3, 100)
    #expect(DeliverMessage(message.bytes) == message)
    #expect(DeliverMessage(message.bytes + [0]) == nil)
    for count in 0..<message.bytes.count {
      #expect(DeliverMessage(Array(message.bytes.prefix(count))) == nil)
    }
    let most = BatchSlot.sizeOfMemory
    #expect(DeliverMessage(self.message(0, most).bytes) != nil)
    #expect(DeliverMessage(self.message(0, most + 1).bytes) == nil)
    #expect(DeliverMessage(self.message(1, most).bytes) == nil)
    #expect(DeliverMessage(self.message(Int(UInt32.max), Int(UInt32.max)).bytes) == nil)
  }
}
