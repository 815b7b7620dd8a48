/// What a running host says of itself, to `status` and `top`; counted since its start, never a value of an event.
package struct HostStatus: Codable, Sendable {
  /// Events in a second.
  package struct Rates: Codable, Sendable {
    /// Over the last ten seconds.
    package var now = 0.0
    /// Over the last minute.
    package var minute = 0.0
  }

  package struct Source: Codable, Sendable {
    package let id: String
    package let read: Int
    package let accepted: Int
    package let rejected: Int
    package let duplicates: Int
    package let bytes: Int
    package let rates: Rates
  }

  package struct Failure: Codable, Sendable {
    package let text: String
    package let unixSeconds: Int
  }

  package struct Destination: Codable, Sendable {
    package let id: String
    package let state: String
    /// Why it is not running.
    package let reason: String?
    package let sinceUnixSeconds: Int
    package let waiting: Int
    package let queueBytes: Int
    /// When the oldest event that waits was appended.
    package let oldestUnixSeconds: Int?
    package let delivered: Int
    package let retried: Int
    package let deadLettered: Int
    /// Events lost with damaged parts of its queue.
    package let lost: Int
    package let workerRestarts: Int
    package let rates: Rates
    package let lastError: Failure?
  }

  package let pid: Int
  package let startedUnixSeconds: Int
  package let phase: String
  package let readiness: Readiness
  package let sources: [Source]
  package let destinations: [Destination]
  /// Nil for a run that reads none.
  package let stream: StreamStanding?
  /// Nil for a run that sends to no topic.
  package let produce: ProduceCounts?
  /// Nil for a workspace of its own.
  package let snapshot: SnapshotStanding?
}
