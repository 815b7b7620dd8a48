package import EventJSON
internal import HTTPListener

/// A call that has come in: its events, stamped, and the place of its answer.
///
/// Whoever takes it makes the events durable and then says what became of it, once; a call that is let go without a
/// word is answered with 500.
package final class TrackingCall: Sendable {
  /// One event of the call.
  package struct Event: Sendable, Equatable {
    /// In ``lines``; empty for an event that is too long.
    package let range: Range<Int>
    /// As it was sent.
    package let length: Int
  }

  /// The id of the source whose write key it came with.
  package let source: String
  package let isBatch: Bool
  package let events: [Event]
  /// The events' bytes.
  package let lines: [UInt8]
  private let exchange: HTTPExchange

  init(
    source: String, isBatch: Bool, events: [Event], lines: [UInt8], exchange: HTTPExchange
  ) {
    self.source = source
    self.isBatch = isBatch
    self.events = events
    self.lines = lines
    self.exchange = exchange
  }

  /// Its events are durable, but for those that are no events; their places in the call.
  ///
  /// A call with at least one event that was taken is a success, as a sender would otherwise send those again.
  package func accept(rejections: [(index: Int, reason: EventRejection)]) {
    guard let first = rejections.first else { return exchange.answer(CallAnswer.success) }
    exchange.answer(
      rejections.count < events.count
        ? CallAnswer.success(without: rejections) : CallAnswer.rejected(first.reason))
  }

  /// Nothing of it is promised: the host cannot take events now.
  package func turnAway(_ reason: String) {
    exchange.answer(CallAnswer.failure(503, "unavailable", reason, retryAfter: 5))
  }

  /// Nothing of it is promised: more comes than can be kept.
  package func slowDown() {
    exchange.answer(
      CallAnswer.failure(
        429, "too_many_events", "More events come than can be kept. Send it again later.",
        retryAfter: 1))
  }
}
