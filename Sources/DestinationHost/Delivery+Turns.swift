internal import AdapterLoading
internal import DeliveryQueue
internal import Foundation
internal import Synchronization
internal import Workspace

// The thread: what it does, turn by turn.
extension Delivery {
  func run() {
    while true {
      let (configurations, ending) = mail.withLock { mail in
        defer { mail.configurations.removeAll() }
        return (mail.configurations, mail.ending)
      }
      for (destination, done) in configurations {
        take(destination)
        done.signal()
      }
      if let ending, isAtEnd(ending) { break }
      guard !control.hasFailed else {
        sleep(until: nil)
        continue
      }
      do { try work(ending) } catch { control.fail(error) }
    }
    finish()
  }

  private func work(_ ending: Ending?) throws {
    guard worker != nil else {
      sleep(until: nil)
      return try checkpoint()
    }
    while let block = schedule.takeSpent() { control.spareBlocks.give(block) }
    try feed()
    try settle(schedule.takeUnsent())
    switch schedule.next(at: .now, isLast: ending != nil) {
    case .send(let batch): try send(batch)
    case .wait(let moment): pause(until: moment, ending)
    case .idle: pause(until: nil, ending)
    }
    try checkpoint()
  }

  /// With a stop asked for, what must wait stays in the queue.
  private func pause(until moment: Moment?, _ ending: Ending?) {
    if case .stop = ending {
      end(.stop(by: .now))
    } else if ending == nil || !(queue.state.waiting == 0) {
      sleep(until: moment)
    }
  }

  private func isAtEnd(_ ending: Ending) -> Bool {
    if control.hasFailed || worker == nil { return true }
    switch ending {
    case .stop(let moment): return moment <= .now
    case .settled(let patience):
      if queue.state.waiting == 0 { return true }
      guard let patience else { return false }
      let since = mail.withLock { $0.endingSince } ?? .now
      return max(since, lastProgress).duration(to: .now) > patience
    }
  }

  private func feed() throws {
    // Also where nothing more can be read behind the damage.
    defer { for damage in queue.takeDamage() { control.report(.queueDamaged(id, damage)) } }
    while schedule.wantsMore, let queued = try queue.next() {
      schedule.add(
        try served(queued), at: .now, wallMilliseconds: WallClock.milliseconds())
    }
  }

  /// Settles events of a type that the adapter does not serve, as may stand in a queue that was filled without it.
  private func served(_ queued: QueuedBlock) throws -> QueuedBlock {
    let types = running?.servedTypes ?? .max
    let strange = queued.block.events.indices.filter {
      types >> UInt32(queued.block.events[$0].type) & 1 == 0 && queued.settled?.contains($0) != true
    }
    guard !strange.isEmpty else { return queued }
    for index in strange {
      let number = queued.sequences.lowerBound + UInt64(index)
      try queue.settle(number..<number + 1)
    }
    count { $0.heldBack.notServed += strange.count }
    return queued.settling(strange)
  }

  private func send(_ batch: OutgoingBatch) throws {
    guard let worker else { return }
    let start = Moment.now
    do throws(WorkerFailure) {
      try worker.deliver(batch, into: &results)
      meter.record(results.count, since: start)
    } catch {
      schedule.giveBack(at: .now)
      return brake.isPulled ? leave(worker) : giveUp(error)
    }
    let settlement = schedule.settle(results, at: .now)
    try settle(settlement)
    tell(settlement)
    if let refusal = settlement.refusal { rest("\(refusal). See: sealpost destination set \(id)") }
  }

  /// Dead letters are durable before the queue forgets their events.
  private func settle(_ settlement: DeliverySettlement) throws {
    count {
      $0.delivered += settlement.delivered
      $0.retried += settlement.retried
    }
    guard !settlement.isEmpty else { return }
    lastProgress = .now
    if !settlement.dead.isEmpty { try bury(settlement.dead) }
    for sequences in settlement.done { try queue.settle(sequences) }
  }

  private func bury(_ dead: [DeliverySettlement.Dead]) throws {
    let (now, wall) = (Moment.now, Timestamp.nanoseconds)
    let letters = dead.map { event in
      DeadLetter(
        event: event.json, form: .sealed, reason: event.code, detail: event.detail,
        receivedUnixNanoseconds: event.receivedUnixNanoseconds, attempts: event.attempts,
        history: event.answers.map { answer in
          DeadLetter.Attempt(
            unixNanoseconds: wall - Int64(answer.moment.duration(to: now) / .nanoseconds(1)),
            remoteCode: answer.remoteCode)
        })
    }
    try control.withRoom(for: id, isEnding: { mail.withLock { $0.ending }.map(isAtEnd) ?? false }) {
      try deadLetters.append(letters)
      try deadLetters.sync()
    }
    for event in dead { count { $0.deadLettered[event.code, default: 0] += 1 } }
  }

  private func tell(_ settlement: DeliverySettlement) {
    let isOpen = schedule.breaker.isOpen
    if isOpen != wasBreakerOpen {
      control.report(.breaker(id, isOpen: isOpen, why: settlement.retryReason))
    } else if settlement.retried > 0 {
      control.report(
        .retrying(
          id, events: settlement.retried, after: settlement.longestDelay,
          why: settlement.retryReason))
    }
    wasBreakerOpen = isOpen
  }

  private func checkpoint() throws {
    guard lastCheckpoint.duration(to: .now) > .seconds(1) else { return }
    lastCheckpoint = .now
    try queue.checkpoint()
    noteAttempts()
  }

  /// What cannot be noted is told and stops nothing: it only lengthens the patience after a restart.
  func noteAttempts() {
    guard schedule.firstAttempts.hasChanged else { return }
    let text = schedule.firstAttempts.text(
      at: .now, wallMilliseconds: WallClock.milliseconds(), isWaiting: queue.isWaiting)
    do throws(QueueError) {
      if attemptsNote == nil { attemptsNote = try DurableNote(path: Self.attemptsPath(queue)) }
      try attemptsNote?.write(text)
      try attemptsNote?.sync()
    } catch {
      control.report(.queueTrouble(id, "\(error)"))
    }
  }
}
