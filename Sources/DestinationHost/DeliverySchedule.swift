internal import AdapterLoading
internal import DeliveryQueue

/// Which events are sent next, and when: order for each user, retries, rate, breaker.
///
/// No thread, clock or disk in it:
///
/// ```
/// add(block) ─▶ next(at:) ─▶ send ─▶ settle(results, at:) ─▶ done, dead letters; the rest waits for its time
/// ```
///
/// Choosing and settling are in files of their own. A block goes out as it is while nobody is held, without a copy; otherwise events are picked one by one.
struct DeliverySchedule {
  enum Step {
    case send(OutgoingBatch)
    case wait(until: Moment)
    /// There is nothing to send; retries may still wait for their time in `wait`.
    case idle
  }

  struct OpenBlock {
    let queued: QueuedBlock
    /// Index of the next event that was not sent or set aside.
    var next: Int
    var remaining: Int { queued.block.events.count - next }
  }

  enum InFlight {
    /// A part of the first block.
    case block(Range<Int>)
    /// The first so many are heads of held users.
    case events([PendingEvent], heads: Int)
  }

  var limits: DeliveryLimits {
    didSet { rate.eventsPerSecond = limits.eventsPerSecond }
  }
  let chance: () -> Double
  var blocks: [OpenBlock] = []
  /// Let go by a user's retry, or given back by a failed worker; before all blocks.
  var released: [PendingEvent] = []
  var held = HeldUsers()
  var breaker = CircuitBreaker()
  var rate: RateLimit
  var inFlight: InFlight?
  /// Of events that are sent again.
  var firstAttempts = FirstAttempts()
  var firstWaiting: Moment?
  var batchNumber: UInt64 = 0
  /// What was settled without being sent: too large, too old.
  var unsent = DeliverySettlement()
  /// Blocks of which nothing is to be sent any more, for whoever can use their memory.
  var spent: [EventBlock] = []
  /// The first block's events as a batch, made once for all its parts.
  var batch: OutgoingBatch?

  /// - Parameter chance: a random number from 0 to 1, each time another.
  init(_ limits: DeliveryLimits, chance: @escaping () -> Double = { .random(in: 0...1) }) {
    self.limits = limits
    self.chance = chance
    rate = RateLimit(eventsPerSecond: limits.eventsPerSecond)
  }

  /// Whether another block may be added.
  ///
  /// Two are enough to fill a batch, small ones aside; not while very much is held, nor while the destination is not asked.
  var wantsMore: Bool {
    held.bytes < limits.maximumHeldBytes && blocks.count < limits.mostBlocks
      && blocks.reduce(0) { $0 + $1.queued.block.bytes.count } < limits.usualBatchBytes
  }

  /// Events that were added and are not settled.
  var isEmpty: Bool {
    blocks.isEmpty && released.isEmpty && held.isEmpty && inFlight == nil
  }

  mutating func add(_ queued: QueuedBlock, at now: Moment, wallMilliseconds: Int64) {
    if firstWaiting == nil { firstWaiting = now }
    guard wallMilliseconds - queued.appendedUnixMilliseconds <= limits.maximumAgeMilliseconds
    else { return expire(queued) }
    blocks.append(OpenBlock(queued: queued, next: 0))
  }

  /// One of the blocks of which nothing is needed any more; nil when there is none.
  mutating func takeSpent() -> EventBlock? { spent.popLast() }

  private mutating func expire(_ queued: QueuedBlock) {
    for (index, event) in queued.block.events.enumerated()
    where queued.settled?.contains(index) != true {
      unsent.bury(
        queued.block.json(of: event), queued.sequences.lowerBound + UInt64(index),
        event.receivedUnixNanoseconds, "expired_in_queue")
    }
  }

  /// What was settled without being sent, since the last time.
  mutating func takeUnsent() -> DeliverySettlement {
    defer { unsent = DeliverySettlement() }
    return unsent
  }
}

extension DeliverySchedule.InFlight {
  /// Whether an event among them was never sent before.
  var hasNew: Bool {
    switch self {
    case .block: true
    case .events(let events, _): events.contains { $0.firstSent == nil }
    }
  }
}
