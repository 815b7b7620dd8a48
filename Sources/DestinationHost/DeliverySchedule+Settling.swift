internal import AdapterLoading
internal import DeliveryQueue

// What the answers come to.
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
      firstAttempts.forget(event.sequence)
    case .rejected:
      settlement.bury(event, "rejected_by_destination", result)
      firstAttempts.forget(event.sequence)
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
    let first = firstAttempts.moment(of: event.sequence, at: now)
    event.firstSent = first
    event.attempt &+= 1
    let asked = Duration.milliseconds(Int64(result.retryAfterMilliseconds))
    let delay = limits.backoff.delay(
      beforeAttempt: event.attempt, asked: asked, chance: chance())
    guard now.advanced(by: delay) < first.advanced(by: limits.patience) else {
      settlement.bury(event, "retries_exhausted", result)
      firstAttempts.forget(event.sequence)
      if isHead { released = held.release(event) + released }
      return
    }
    settlement.noteRetry(result, after: delay)
    let moment = now.advanced(by: delay)
    isHead ? held.again(event, at: moment) : held.hold(event, until: moment)
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
