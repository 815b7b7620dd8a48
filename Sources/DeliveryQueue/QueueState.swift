/// What a queue holds at one moment.
package struct QueueState: Sendable, Equatable {
  /// Events that are not settled.
  package var waiting = 0
  /// Of its segments, what is settled included.
  package var bytes = 0
  package var segments = 0
  /// About when the oldest of the waiting events was appended, milliseconds since 1970; nil when none waits.
  package var oldestUnixMilliseconds: Int64?
  /// Events lost with damaged records since it was opened.
  package var lostEvents = 0
}
