/// What became of the events that an edge sent to its topic.
package struct ProduceCounts: Codable, Sendable, Equatable {
  package var topic = ""
  /// Acknowledged by the brokers.
  package var produced = 0
  /// Not acknowledged in time, or not taken: their senders were told to send them again.
  package var failed = 0
  /// On their way.
  package var inFlight = 0
  /// Why events cannot be sent now, as far as is known.
  package var trouble: String?
}
