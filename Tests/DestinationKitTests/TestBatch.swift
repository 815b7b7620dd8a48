import CDestinationAdapter
import Glibc

/// A batch in memory of its own, laid out as a host may: larger strides, no NUL behind a text, read-only pages.
@safe final class TestBatch {
  /// What lies between two elements and behind the last.
  static let filler: UInt8 = 0xA5

  let count: Int
  let resultStride: Int
  private let eventStride: Int
  private let text: GuardedBytes
  private let events: UnsafeMutableRawBufferPointer
  private let resultBytes: UnsafeMutableRawBufferPointer
  var batch = unsafe destination_batch()

  /// Events of the type track, one for each JSON text; an event's id is `ids[index]`, or empty.
  init(
    _ json: [String], ids: [String] = [], eventsLarger: Int = 0, resultsLarger: Int = 0,
    attempt: UInt32 = 1
  ) {
    count = json.count
    eventStride = Int(DESTINATION_EVENT_SIZE_1_0) + eventsLarger
    resultStride = Int(DESTINATION_RESULT_SIZE_1_0) + resultsLarger
    text = GuardedBytes(Array((ids.joined() + json.joined(separator: "\n")).utf8))
    unsafe events = .allocate(byteCount: max(1, count * eventStride), alignment: 8)
    unsafe resultBytes = .allocate(byteCount: (count + 1) * resultStride, alignment: 8)
    unsafe events.initializeMemory(as: UInt8.self, repeating: Self.filler)
    unsafe resultBytes.initializeMemory(as: UInt8.self, repeating: Self.filler)
    layOut(json, ids, attempt)
  }

  deinit {
    unsafe events.deallocate()
    unsafe resultBytes.deallocate()
  }

  private func layOut(_ json: [String], _ ids: [String], _ attempt: UInt32) {
    var idStart = 0
    var start = ids.joined().utf8.count
    let ndjson = start
    for (index, text) in json.enumerated() {
      var event = unsafe destination_event()
      let id = index < ids.count ? ids[index].utf8.count : 0
      unsafe event.id = self.text.span(idStart, id)
      unsafe event.json = self.text.span(start, text.utf8.count)
      unsafe event.type = DESTINATION_EVENT_TRACK
      unsafe event.attempt = attempt
      unsafe event.received_unix_ns = 1_700_000_000_000_000_000 + Int64(index)
      unsafe events.storeBytes(
        of: event, toByteOffset: index * eventStride, as: destination_event.self)
      unsafe resultBytes.storeBytes(
        of: destination_result(), toByteOffset: index * resultStride, as: destination_result.self)
      idStart += id
      start += text.utf8.count + 1
    }
    unsafe batch = destination_batch(
      struct_size: DESTINATION_BATCH_SIZE_1_0, event_stride: UInt32(eventStride),
      event_count: UInt32(count), result_stride: UInt32(resultStride),
      events: UnsafeRawPointer(events.baseAddress!).assumingMemoryBound(to: destination_event.self),
      ndjson: text.span(ndjson, max(0, start - 1 - ndjson)), batch_id: 7, call_token: 42,
      deadline_mono_ns: 0)
  }

  var results: UnsafeMutablePointer<destination_result> {
    unsafe resultBytes.baseAddress!.assumingMemoryBound(to: destination_result.self)
  }

  /// What was written for each event.
  var outcomes: [destination_result] {
    (0..<count).map {
      unsafe resultBytes.loadUnaligned(
        fromByteOffset: $0 * resultStride, as: destination_result.self)
    }
  }

  var kinds: [UInt32] { outcomes.map(\.outcome) }

  /// Whether nothing was written between the results or behind the last.
  var isSurroundUntouched: Bool {
    (0..<(count + 1) * resultStride).allSatisfy { offset in
      let isOurs =
        offset / resultStride < count
        && offset % resultStride < Int(DESTINATION_RESULT_SIZE_1_0)
      return unsafe isOurs || resultBytes[offset] == Self.filler
    }
  }
}

/// Bytes on read-only pages, the last one just before a page that nobody may touch.
@safe final class GuardedBytes {
  private let pages: UnsafeMutableRawPointer
  private let size: Int
  private let start: UnsafeMutableRawPointer

  init(_ bytes: [UInt8]) {
    let page = Int(getpagesize())
    size = (bytes.count + page - 1) / page * page + page
    unsafe pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    unsafe start = pages + (size - page - bytes.count)
    unsafe start.copyMemory(from: bytes, byteCount: bytes.count)
    unsafe mprotect(pages, size, PROT_READ)
    unsafe mprotect(pages + (size - page), page, PROT_NONE)
  }

  deinit {
    unsafe munmap(pages, size)
  }

  func span(_ offset: Int, _ length: Int) -> destination_span {
    unsafe destination_span(
      data: (start + offset).assumingMemoryBound(to: UInt8.self), length: length)
  }
}
