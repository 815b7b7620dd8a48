internal import AdapterLoading

/// The events of one block that are to be sent again, as a batch of their own with the same bytes.
struct RetryList {
  private(set) var batch = OutgoingBatch(batchID: 0, ndjson: [], events: [])
  /// The longest waiting time that the destination asked for.
  private(set) var asked = Duration.zero
  /// When the first of them was first tried.
  let since: ContinuousClock.Instant

  init(since: ContinuousClock.Instant = .now) { self.since = since }

  var events: [EventSlot] { batch.events }

  /// Adds an event of `source`, to be tried once more.
  mutating func add(_ source: OutgoingBatch, _ event: EventSlot, _ result: EventResult) {
    var again = event
    again.attempt = event.attempt &+ 1
    again.offset = batch.ndjson.count
    again.idOffset = again.offset + (event.idOffset - event.offset)
    batch.batchID = source.batchID
    batch.ndjson += source.ndjson[event.offset..<event.offset + event.length]
    batch.ndjson.append(UInt8(ascii: "\n"))
    batch.events.append(again)
    asked = max(asked, .milliseconds(Int64(result.retryAfterMilliseconds)))
  }
}
