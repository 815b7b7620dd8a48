internal import AdapterLoading
internal import DeliveryQueue

// What is sent next, and when.
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
    var events = held.takeDue(at: now, into: &room)
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

  mutating func dropFirstBlock() {
    spent.append(blocks.removeFirst().queued.block)
    batch = nil
    if blocks.isEmpty { firstWaiting = nil }
  }
}
