/// What became of one event; the numbers are those of the header.
package enum Outcome: UInt32, Sendable {
  /// The adapter said nothing: a breach of contract, treated as a retry.
  case unset = 0
  case delivered, retry, rejected
  /// The destination does not accept the credentials.
  case auth
  /// The destination had the event already.
  case duplicate
}

/// An adapter's answer for one event.
package struct EventResult: Sendable, Equatable {
  package var outcome: Outcome
  /// The destination's own code, for people; 0 is none.
  package var remoteCode: Int32
  /// With `retry`: not before; 0 leaves it to the host.
  package var retryAfterMilliseconds: UInt32
  /// Whether the waiting time is the whole destination's.
  package var wholeDestination: Bool
  /// Why, in the adapter's words.
  package var detail: String?

  package init(
    _ outcome: Outcome, remoteCode: Int32 = 0, retryAfterMilliseconds: UInt32 = 0,
    wholeDestination: Bool = false, detail: String? = nil
  ) {
    self.outcome = outcome
    self.remoteCode = remoteCode
    self.retryAfterMilliseconds = retryAfterMilliseconds
    self.wholeDestination = wholeDestination
    self.detail = detail
  }
}
