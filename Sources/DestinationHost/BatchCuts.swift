internal import AdapterLoading

/// Cuts a block's events into batches that the adapter's limits allow.
struct BatchCuts {
  /// Most events in a batch; 0 is no limit.
  let maximumEvents: Int
  /// Most bytes of a batch, the line ends between its events included; 0 is no limit.
  let maximumBytes: Int

  /// The next batch from `start` on: at least one event, though it be larger than the limit.
  func next(of events: [EventSlot], from start: Int, to end: Int) -> Range<Int> {
    let most = maximumEvents > 0 ? min(end, start + maximumEvents) : end
    guard maximumBytes > 0 else { return start..<most }
    let origin = events[start].offset
    var stop = start + 1
    while stop < most, events[stop].offset + events[stop].length - origin <= maximumBytes {
      stop += 1
    }
    return start..<stop
  }

  /// Whether the adapter takes no event of that many bytes.
  func isTooLarge(_ event: EventSlot) -> Bool { isTooLarge(event.length) }

  func isTooLarge(_ length: Int) -> Bool { maximumBytes > 0 && length > maximumBytes }
}
