/// How a destination's events are delivered; what is nil has its default.
package struct DeliverySettings: Codable, Sendable, Equatable {
  /// Events are kept in its queue, and none is sent.
  package var paused: Bool?
  /// At most so many events are sent in a second; no limit without.
  package var eventsPerSecond: Int?
  /// How much its queue may hold; 16,384 without.
  package var queueMegabytes: Int?
  /// How long an event is tried again before it is a dead letter; 4 without.
  package var retryHours: Int?
  /// How long a batch that is not full waits for more; 0 without.
  package var batchMilliseconds: Int?

  package init() {}

  package var isPaused: Bool { paused == true }

  private enum CodingKeys: String, CodingKey {
    case paused
    case eventsPerSecond = "events_per_second"
    case queueMegabytes = "queue_megabytes"
    case retryHours = "retry_hours"
    case batchMilliseconds = "batch_milliseconds"
  }

  /// Name and value of each setting that is set, for the audit log.
  package var values: [(name: String, value: String)] {
    [
      ("paused", paused.map(String.init)), ("events_per_second", eventsPerSecond.map(String.init)),
      ("queue_megabytes", queueMegabytes.map(String.init)),
      ("retry_hours", retryHours.map(String.init)),
      ("batch_milliseconds", batchMilliseconds.map(String.init)),
    ].compactMap { name, value in value.map { (name, $0) } }
  }
}
