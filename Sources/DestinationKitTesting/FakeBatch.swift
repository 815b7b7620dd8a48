internal import CDestinationAdapter
internal import FoundationEssentials

/// A batch in memory, as a host lays it out.
struct FakeBatch {
  private let bytes: [UInt8]
  private let places: [(json: Range<Int>, id: Range<Int>, type: UInt32)]
  private let ndjson: Range<Int>
  private let attempt: UInt32

  init(_ events: [String], _ attempt: UInt32) {
    var bytes: [UInt8] = Array(events.joined(separator: "\n").utf8)
    ndjson = 0..<bytes.count
    var places: [(json: Range<Int>, id: Range<Int>, type: UInt32)] = []
    var start = 0
    for event in events {
      let head = Head(event)
      let end = start + event.utf8.count
      let id = Array(head.messageId.utf8)
      places.append((start..<end, bytes.count..<bytes.count + id.count, head.kind))
      bytes += id
      start = end + 1
    }
    self.bytes = bytes
    self.places = places
    self.attempt = attempt
  }

  /// Calls with batch and zeroed results; gives what was written.
  func deliver(
    call: UInt64, deadline: UInt64,
    _ body: (UnsafePointer<destination_batch>, UnsafeMutablePointer<destination_result>) -> Void
  ) -> [destination_result] {
    // One more than there are events, so that the address is one for an empty batch, too.
    var results = [destination_result](repeating: destination_result(), count: places.count + 1)
    unsafe bytes.withUnsafeBufferPointer { bytes in
      let events = unsafe places.map { place in
        unsafe destination_event(
          json: span(bytes, place.json), id: span(bytes, place.id),
          received_unix_ns: 1_764_000_000_000_000_000, type: place.type, attempt: attempt, flags: 0)
      }
      unsafe events.withUnsafeBufferPointer { events in
        var batch = unsafe destination_batch(
          struct_size: UInt32(MemoryLayout<destination_batch>.size),
          event_stride: UInt32(MemoryLayout<destination_event>.stride),
          event_count: UInt32(events.count),
          result_stride: UInt32(MemoryLayout<destination_result>.stride),
          events: events.baseAddress, ndjson: span(bytes, ndjson), batch_id: call, call_token: call,
          deadline_mono_ns: deadline)
        unsafe results.withUnsafeMutableBufferPointer { results in
          if let place = results.baseAddress { unsafe body(&batch, place) }
        }
      }
    }
    return Array(results.dropLast())
  }

  private func span(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
  ) -> destination_span {
    unsafe destination_span(
      data: bytes.baseAddress.map { unsafe $0 + range.lowerBound }, length: range.count)
  }

  /// What a host knows of an event besides its JSON.
  private struct Head: Decodable {
    var messageId = ""
    var type = "track"

    private enum CodingKeys: String, CodingKey { case messageId, type }

    init(_ json: String) {
      self = (try? JSONDecoder().decode(Head.self, from: Data(json.utf8))) ?? Head()
    }

    private init() {}

    init(from decoder: any Decoder) throws {
      let event = try decoder.container(keyedBy: CodingKeys.self)
      messageId = try event.decodeIfPresent(String.self, forKey: .messageId) ?? ""
      type = try event.decodeIfPresent(String.self, forKey: .type) ?? "track"
    }

    var kind: UInt32 {
      let kinds = ["identify", "track", "page", "screen", "group", "alias"]
      return UInt32((kinds.firstIndex(of: type) ?? 1) + 1)
    }
  }
}
