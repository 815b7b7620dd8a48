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
/// A block goes out as it is while nobody is held, without a copy; otherwise events are picked one by one.
struct DeliverySchedule {
  enum Step {
    case send(OutgoingBatch)
    case wait(until: Moment)
    /// There is nothing to send; retries may still wait for their time in `wait`.
    case idle
  }

  private struct OpenBlock {
    let queued: QueuedBlock
    /// Index of the next event that was not sent or set aside.
    var next: Int
    var remaining: Int { queued.block.events.count - next }
  }

  fileprivate enum InFlight {
    /// A part of the first block.
    case block(Range<Int>)
    /// The first so many are heads of held users.
    case events([PendingEvent], heads: Int)
  }

  var limits: DeliveryLimits {
    didSet { rate = RateLimit(eventsPerSecond: limits.eventsPerSecond) }
  }
  private let chance: () -> Double
  private var blocks: [OpenBlock] = []
  /// Let go by a user's retry, or given back by a failed worker; before all blocks.
  private var released: [PendingEvent] = []
  private var held = HeldUsers()
  private(set) var breaker = CircuitBreaker()
  private var rate: RateLimit
  private var inFlight: InFlight?
  private var firstWaiting: Moment?
  private var batchNumber: UInt64 = 0
  /// What was settled without being sent: too large, too old.
  private var unsent = DeliverySettlement()
  /// The first block's events as a batch, made once for all its parts.
  private var batch: OutgoingBatch?

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
    held.bytes < limits.maximumHeldBytes && blocks.count < 64
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

// MARK: - Choosing

extension DeliverySchedule {
  /// What to do now; after `send`, ``settle(_:at:)`` or ``giveBack(at:)`` must follow.
  ///
  /// - Parameter isLast: whether nothing more will come, so that a batch need not wait to be filled.
  mutating func next(at now: Moment, isLast: Bool = false) -> Step {
    if let moment = breaker.wait(at: now) { return isEmpty ? .idle : .wait(until: moment) }
    let allowance = breaker.isOpen ? 1 : rate.allowance(at: now)
    guard allowance > 0 else { return isEmpty ? .idle : .wait(until: rate.next(after: now)) }
    if !isLast, let moment = waitToFill(now) { return .wait(until: moment) }
    if let batch = wholeBlock(allowance) { return send(batch) }
    let (events, heads) = pick(at: now, allowance: allowance)
    guard !events.isEmpty else {
      return held.nextDue.map { .wait(until: $0) } ?? .idle
    }
    inFlight = .events(events, heads: heads)
    batchNumber += 1
    return send(OutgoingBatch(events, batchID: batchNumber))
  }

  private mutating func send(_ batch: OutgoingBatch) -> Step {
    rate.use(batch.selection.count)
    return .send(batch)
  }

  /// Until when a batch that is not full waits for more events; nil when it does not.
  private func waitToFill(_ now: Moment) -> Moment? {
    guard limits.batchDelay > .zero, !blocks.isEmpty, released.isEmpty,
      held.nextDue.map({ $0 > now }) ?? true,
      let end = firstWaiting?.advanced(by: limits.batchDelay), end > now
    else { return nil }
    let events = blocks.reduce(0) { $0 + $1.remaining }
    let isFull = events >= (limits.maximumBatchEvents > 0 ? limits.maximumBatchEvents : .max)
    return isFull || !wantsMore ? nil : end
  }

  /// The next part of the first block, uncopied: when nobody is held and it is worth a batch of its own.
  private mutating func wholeBlock(_ allowance: Int) -> OutgoingBatch? {
    guard held.isEmpty, released.isEmpty, let first = blocks.first, first.queued.settled == nil,
      blocks.count == 1 || batch != nil
        || first.queued.block.bytes.count >= limits.usualBatchBytes / 2
    else { return nil }
    if batch == nil {
      batchNumber += 1
      batch = OutgoingBatch(first.queued.block, batchID: batchNumber)
    }
    guard var batch else { return nil }
    let end = min(batch.events.count, first.next + min(allowance, batch.events.count))
    let part = limits.cuts.next(of: batch.events, from: first.next, to: end)
    guard !limits.cuts.isTooLarge(batch.events[part.lowerBound]) else { return nil }
    batch.selection = part
    inFlight = .block(part)
    return batch
  }

  /// Heads that are due, then what was let go, then new events of users who are not held.
  private mutating func pick(
    at now: Moment, allowance: Int
  ) -> (events: [PendingEvent], heads: Int) {
    var room = BatchRoom(limits, allowance)
    var events = held.takeDue(at: now, most: room.events)
    for head in events { room.take(head.json.count) }
    let heads = events.count
    var rest: [PendingEvent] = []
    for event in released {
      if held.holds(event.user) {
        held.follow(event)
      } else if !rest.isEmpty || !room.fits(event.json.count) {
        rest.append(event)
      } else {
        room.take(event.json.count)
        events.append(event)
      }
    }
    released = rest
    if rest.isEmpty { pickNew(&events, &room) }
    return (events, heads)
  }

  private mutating func pickNew(_ events: inout [PendingEvent], _ room: inout BatchRoom) {
    while let first = blocks.first {
      guard first.remaining > 0 else {
        dropFirstBlock()
        continue
      }
      let event = first.queued.block.events[first.next]
      let sequence = first.queued.sequences.lowerBound + UInt64(first.next)
      if first.queued.settled?.contains(first.next) == true {
        // Nothing is owed for it.
      } else if limits.cuts.isTooLarge(event.length) {
        unsent.bury(
          first.queued.block.json(of: event), sequence, event.receivedUnixNanoseconds,
          "event_too_large")
      } else if held.holds(event.user) {
        guard held.bytes < limits.maximumHeldBytes else { return }
        held.follow(PendingEvent(event, of: first.queued.block, sequence: sequence))
      } else {
        guard room.fits(event.length) else { return }
        room.take(event.length)
        events.append(PendingEvent(event, of: first.queued.block, sequence: sequence))
      }
      blocks[0].next += 1
    }
  }

  private mutating func dropFirstBlock() {
    blocks.removeFirst()
    batch = nil
    if blocks.isEmpty { firstWaiting = nil }
  }
}

// MARK: - Settling

extension DeliverySchedule {
  /// Takes the answers to what was sent: one for each of its events, in order.
  mutating func settle(_ results: [EventResult], at now: Moment) -> DeliverySettlement {
    var settlement = DeliverySettlement()
    let sent = inFlight
    inFlight = nil
    noteHealth(results, sent, now)
    switch sent {
    case .block(let part): settle(part, results, now, &settlement)
    case .events(let events, let heads):
      for (index, (event, result)) in zip(events, results).enumerated() {
        settle(event, isHead: index < heads, result, now, &settlement)
      }
    case nil: break
    }
    return settlement
  }

  private mutating func settle(
    _ part: Range<Int>, _ results: [EventResult], _ now: Moment,
    _ settlement: inout DeliverySettlement
  ) {
    let queued = blocks[0].queued
    blocks[0].next = part.upperBound
    if blocks[0].remaining == 0 { dropFirstBlock() }
    for (index, result) in zip(part, results) {
      let sequence = queued.sequences.lowerBound + UInt64(index)
      if result.outcome == .delivered || result.outcome == .duplicate {
        settlement.finish(sequence..<sequence + 1)
        settlement.delivered += 1
      } else {
        let event = PendingEvent(queued.block.events[index], of: queued.block, sequence: sequence)
        settle(event, isHead: false, result, now, &settlement)
      }
    }
  }

  private mutating func settle(
    _ event: PendingEvent, isHead: Bool, _ result: EventResult, _ now: Moment,
    _ settlement: inout DeliverySettlement
  ) {
    var event = event
    event.note(UInt32(truncatingIfNeeded: result.remoteCode), at: now)
    switch result.outcome {
    case .delivered, .duplicate:
      settlement.finish(event.sequence..<event.sequence + 1)
      settlement.delivered += 1
    case .rejected: bury(event, "rejected_by_destination", result, &settlement)
    case .retry, .unset:
      return retry(event, isHead: isHead, result, now, &settlement)
    case .auth:
      settlement.refusal = result.detail ?? "the destination refuses its credentials"
      // The event is not to blame: it waits, without an attempt counted, for the destination's settings.
      return isHead ? held.again(event, at: now) : held.hold(event, until: now)
    }
    if isHead { released = held.release(event) + released }
  }

  private mutating func retry(
    _ event: PendingEvent, isHead: Bool, _ result: EventResult, _ now: Moment,
    _ settlement: inout DeliverySettlement
  ) {
    var event = event
    let first = event.firstSent ?? now
    event.firstSent = first
    event.attempt &+= 1
    let asked = Duration.milliseconds(Int64(result.retryAfterMilliseconds))
    let delay = limits.backoff.delay(
      beforeAttempt: event.attempt, asked: asked, chance: chance())
    guard now.advanced(by: delay) < first.advanced(by: limits.patience) else {
      bury(event, "retries_exhausted", result, &settlement)
      if isHead { released = held.release(event) + released }
      return
    }
    settlement.retried += 1
    settlement.longestDelay = max(settlement.longestDelay, delay)
    let moment = now.advanced(by: delay)
    isHead ? held.again(event, at: moment) : held.hold(event, until: moment)
  }

  private func bury(
    _ event: PendingEvent, _ code: String, _ result: EventResult,
    _ settlement: inout DeliverySettlement
  ) {
    settlement.bury(event, code, result)
  }

  /// What was sent and never answered comes first again, each event with the attempt it had.
  mutating func giveBack(at now: Moment) {
    switch inFlight {
    case .events(let events, let heads):
      for head in events[..<heads] { held.again(head, at: now) }
      released = Array(events[heads...]) + released
    case .block, nil: break
    }
    inFlight = nil
  }

  /// Tells the breaker: a batch with a new event in it, or a probe, of which nothing was taken is the destination's failure.
  private mutating func noteHealth(_ results: [EventResult], _ sent: InFlight?, _ now: Moment) {
    let asked = results.filter(\.wholeDestination).map(\.retryAfterMilliseconds).max()
    let wait = Duration.milliseconds(Int64(asked ?? 0))
    let isTaken = results.contains { $0.outcome != .retry && $0.outcome != .unset }
    if isTaken { return asked == nil ? breaker.succeed() : breaker.wait(until: now + wait) }
    guard asked != nil || breaker.isOpen || sent?.hasNew == true else { return }
    breaker.fail(at: now, asked: wait, chance: chance())
  }
}

extension DeliverySchedule.InFlight {
  /// Whether an event among them was never sent before.
  fileprivate var hasNew: Bool {
    switch self {
    case .block: true
    case .events(let events, _): events.contains { $0.firstSent == nil }
    }
  }
}

/// What still fits into a batch.
struct BatchRoom {
  private(set) var events: Int
  private(set) var bytes: Int
  private var isEmpty = true

  init(_ limits: DeliveryLimits, _ allowance: Int) {
    events = min(allowance, limits.maximumBatchEvents > 0 ? limits.maximumBatchEvents : .max)
    let most = limits.maximumBatchBytes > 0 ? limits.maximumBatchBytes : .max
    bytes = min(most, 2 * limits.usualBatchBytes)
  }

  /// The first always does, however long it is.
  func fits(_ length: Int) -> Bool { events > 0 && (isEmpty || length < bytes) }

  mutating func take(_ length: Int) {
    events -= 1
    bytes -= length + 1
    isEmpty = false
  }
}
