internal import CDestinationAdapter

/// One event of a batch.
///
/// Borrowed with it.
@safe public struct Event: ~Copyable {
  private let layout: EventLayout

  /// Its place in the batch, from 0.
  public let index: Int

  init(_ layout: EventLayout, index: Int) {
    self.layout = layout
    self.index = index
  }

  /// The kind of the event; nil for a kind that this version of the kit does not know.
  public var type: EventType? { EventType(rawValue: layout.type) }

  /// The messageId, with JSON's escapes as they stand in the event: the idempotency key, the same at every attempt.
  public var id: String {
    unsafe layout.id.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  /// 1 the first time the event is handed to this destination, then 2 and so on.
  ///
  /// An event of attempt 1 may have been seen before, if a process ended before it could answer.
  public var attempt: UInt32 { layout.attempt }

  /// When the host accepted the event: nanoseconds since 1970-01-01T00:00:00Z.
  public var receivedUnixNanoseconds: Int64 { layout.receivedUnixNanoseconds }

  /// The event: one JSON object without a line break, its selected fields encrypted.
  ///
  /// Pass strings on unchanged.
  public func withJSON<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try unsafe layout.json.withBytes(body)
  }
}
