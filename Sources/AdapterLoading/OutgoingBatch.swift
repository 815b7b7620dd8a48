/// Where one event stands in a batch.
package struct EventSlot: Sendable, Equatable {
  /// The event's JSON within `ndjson`.
  package var offset: Int
  package var length: Int
  /// The messageId within `ndjson`, between its quotes.
  package var idOffset: Int
  package var idLength: Int
  /// 1…6: identify, track, page, screen, group, alias.
  package var type: UInt8
  /// 1 the first time.
  package var attempt: UInt32
  package var receivedUnixNanoseconds: Int64

  package init(
    offset: Int, length: Int, idOffset: Int, idLength: Int, type: UInt8, attempt: UInt32,
    receivedUnixNanoseconds: Int64
  ) {
    self.offset = offset
    self.length = length
    self.idOffset = idOffset
    self.idLength = idLength
    self.type = type
    self.attempt = attempt
    self.receivedUnixNanoseconds = receivedUnixNanoseconds
  }
}

/// Events for one destination, and where each stands in bytes that may hold more than them.
package struct OutgoingBatch: Sendable {
  package var batchID: UInt64
  /// Has the events' JSON; what is between them stays in the host.
  package var ndjson: [UInt8]
  package var events: [EventSlot] {
    didSet { selection = events.indices }
  }
  /// Which of the events a call is about; all, until it is set after `events`.
  package var selection: Range<Int>

  package init(batchID: UInt64, ndjson: [UInt8], events: [EventSlot]) {
    self.batchID = batchID
    self.ndjson = ndjson
    self.events = events
    selection = events.indices
  }
}
