/// How much one queue holds, and in which pieces.
package struct QueueSettings: Sendable {
  /// Names the queue in the derivation of its keys: distinct for distinct queues of one storage key.
  package var name: String
  /// In bytes of its segments; what does not fit is refused as `full`.
  package var maximumBytes = 16 << 30
  /// A segment that is longer gets no further record.
  package var segmentBytes = 64 << 20
  /// The same while all segments together have less than ``segmentBytes``: a queue that keeps up goes round in few
  /// short files, see ``SpareSegment``.
  var shortSegmentBytes: Int { min(16 << 20, segmentBytes) }
  /// How many bytes of events that wait are also kept in memory, so that they need not be read again.
  package var memoryBytes = 4 << 20
  /// Where blocks that are read again get their memory; queues may share it.
  package var spare = SpareBlocks()
  /// Milliseconds since 1970; only for times that are shown, and for an event's age.
  package var now: @Sendable () -> Int64

  package init(name: String, now: @escaping @Sendable () -> Int64 = WallClock.milliseconds) {
    self.name = name
    self.now = now
  }
}
