internal import AdapterLoading

/// What one destination's delivery keeps to.
struct DeliveryLimits: Sendable {
  /// The adapter's; see ``BatchCuts``.
  var maximumBatchEvents = 0
  var maximumBatchBytes = 0
  var backoff = Backoff()
  /// How long an event is tried again before it becomes a dead letter.
  var patience = Duration.seconds(4 * 3600)
  /// How old an event may become in the queue.
  var maximumAgeMilliseconds: Int64 = 7 * 24 * 3600 * 1000
  var eventsPerSecond: Int?
  /// How long a batch that is not full waits for more.
  var batchDelay = Duration.zero
  /// A block's worth is sent as it is; smaller ones are put together up to this.
  var usualBatchBytes = 128 * 1024
  /// Of events that are held behind others; beyond it no more are taken from the queue.
  var maximumHeldBytes = 32 << 20

  /// Whoever lets batches wait wants large ones, as far as the adapter takes them; with its limit of events and its
  /// patience, that is by count, by bytes and by time.
  static let largestWaitingBatch = 16 << 20

  mutating func wait(_ delay: Duration) {
    batchDelay = delay
    guard delay > .zero, maximumBatchBytes > 0 else { return }
    usualBatchBytes = max(usualBatchBytes, min(maximumBatchBytes, Self.largestWaitingBatch))
  }

  /// Blocks that wait to be put together, at most: small ones may be many.
  var mostBlocks: Int { max(64, usualBatchBytes >> 13) }

  var cuts: BatchCuts {
    BatchCuts(maximumEvents: maximumBatchEvents, maximumBytes: maximumBatchBytes)
  }
}
