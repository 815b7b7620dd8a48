@_exported public import CDestinationAdapter

/// The events of one call of `deliver`, as the host laid them out: nothing is copied or parsed.
///
/// Borrowed until `deliver` returns; it cannot be kept.
@safe public struct Batch: ~Copyable {
  private let layout: BatchLayout
  private let host: AdapterHost

  init(_ layout: BatchLayout, host: AdapterHost) {
    self.layout = layout
    self.host = host
  }

  /// How many events there are; may be 0.
  public var count: Int { layout.count }

  /// The host's number for this set of events, for logs.
  ///
  /// A batch that is offered again may have another.
  public var id: UInt64 { layout.batchID }

  /// Names this call: ``DestinationAdapter/cancel(_:)``, ``HTTPClient``.
  public var call: CallToken { CallToken(rawValue: layout.callToken) }

  /// When to be back; events without an answer by then are retried.
  public var deadline: Deadline { Deadline(rawValue: layout.deadline, host: host) }

  /// Whether the host no longer waits for the answer, or the deadline has passed.
  ///
  /// Cheap: ask it in loops.
  public var isCancelled: Bool { host.isCancelled(call) }

  /// The JSON of all events in their order, one line feed between two and none after the last.
  ///
  /// What a destination that takes NDJSON sends as it is.
  public func withNDJSON<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try unsafe layout.ndjson.withBytes(body)
  }

  /// Visits the events in their order.
  public func forEachEvent<E: Error>(_ body: (borrowing Event) throws(E) -> Void) throws(E) {
    for index in 0..<layout.count {
      try body(Event(layout.event(at: index), index: index))
    }
  }

  /// Delivers event by event: an error over one event is that event's outcome, and the next one follows.
  ///
  /// Once the call is cancelled the rest is not visited but retried.
  public func outcomes(_ deliver: (borrowing Event) throws -> Outcome) -> Outcomes {
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(layout.count)
    for index in 0..<layout.count {
      if isCancelled { return .each(outcomes) }
      do {
        outcomes.append(try deliver(Event(layout.event(at: index), index: index)))
      } catch {
        outcomes.append(Outcome(of: error))
      }
    }
    return .each(outcomes)
  }
}

/// Names one running call of `deliver`.
public struct CallToken: Sendable, Hashable {
  /// As in `destination_batch.call_token`; 0 in ``DestinationAdapter/cancel(_:)`` = every running call.
  public let rawValue: UInt64
}
