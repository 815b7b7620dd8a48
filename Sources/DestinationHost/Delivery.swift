internal import AdapterLoading
internal import DeliveryQueue
internal import Foundation
internal import Synchronization
internal import Workspace

/// One destination's delivery: a thread that takes from its queue, gives to its worker, and settles what comes of it.
///
/// It lives from the destination's first event to the end of the run, through every change of its configuration. Its
/// worker is started on its thread, since a worker is killed when the thread that started it ends.
final class Delivery: @unchecked Sendable {
  // Protected by `mail` and `shared`; the schedule, the worker and what belongs to them by confinement to the thread.
  let id: String
  let queue: DeliveryQueue
  let meter = DeliveryMeter()
  private let starter: DestinationStarter
  private let control: RunControl
  private let deadLetters: DeadLetterStore
  private let shared = Mutex(Shared())
  private let mail = Mutex(Mail())
  private let wakeUp = DispatchSemaphore(value: 0)

  private var schedule: DeliverySchedule
  private var worker: SupervisedWorker?
  /// What sends the worker's requests, where its adapter may have some sent.
  private var http: DestinationHTTP? {
    get { shared.withLock { $0.http } }
    set { shared.withLock { $0.http = newValue } }
  }
  private var running: RunningConfiguration?
  private var results: [EventResult] = []
  private var lastProgress = Moment.now
  private var lastCheckpoint = Moment.now
  private var restartsBefore = 0
  private var wasBreakerOpen = false

  private struct Shared {
    var counts = DeliveryCounts()
    var http: DestinationHTTP?
    /// What the adapter says of itself; nil before it has run.
    var description: AdapterDescription?
    /// Why nothing is sent; nil while it is.
    var obstacle: String?
  }

  /// How a delivery ends.
  enum Ending {
    /// When all is settled, when nothing can be, or when nothing was for so long.
    case settled(patience: Duration?)
    /// When what can be sent at once is sent, at the latest then.
    case stop(by: Moment)
  }

  private struct Mail {
    var configurations: [(Destination?, DispatchSemaphore)] = []
    var ending: Ending?
    var endingSince: Moment?
    var isAwake = false
    /// The thread takes no more letters.
    var isOver = false
  }

  init(
    _ id: String, queue: DeliveryQueue, deadLetters: DeadLetterStore, _ starter: DestinationStarter,
    _ control: RunControl
  ) {
    self.id = id
    self.queue = queue
    self.deadLetters = deadLetters
    self.starter = starter
    self.control = control
    schedule = DeliverySchedule(DeliveryLimits())
  }

  var counts: DeliveryCounts { shared.withLock { $0.counts } }
  /// Those of the worker that runs included.
  var requestCounts: RequestCounts? {
    let (before, http) = shared.withLock { ($0.counts.requests, $0.http) }
    return http.map { (before ?? RequestCounts()) + RequestCounts($0.counts) } ?? before
  }
  var description: AdapterDescription? { shared.withLock { $0.description } }

  func count(_ change: (inout DeliveryCounts) -> Void) { shared.withLock { change(&$0.counts) } }
}

// MARK: - Letters to the thread

extension Delivery {
  /// There is something new in the queue.
  func wake() {
    let isAsleep = mail.withLock { mail in
      defer { mail.isAwake = true }
      return !mail.isAwake
    }
    if isAsleep { wakeUp.signal() }
  }

  /// Takes the destination as it is now; nil when it is off or gone.
  ///
  /// Returns when the thread has done so, which may be in the middle of a batch for as long as that takes.
  func configure(_ destination: Destination?) { post(destination)?.wait() }

  /// As ``configure(_:)`` without waiting; nil when the thread takes no more.
  func post(_ destination: Destination?) -> DispatchSemaphore? {
    let done = DispatchSemaphore(value: 0)
    let isOver = mail.withLock { mail in
      if !mail.isOver { mail.configurations.append((destination, done)) }
      return mail.isOver
    }
    guard !isOver else { return nil }
    wake()
    return done
  }

  func end(_ ending: Ending) {
    mail.withLock { mail in
      if mail.ending == nil { mail.endingSince = .now }
      mail.ending = ending
    }
    wake()
  }

  private func sleep(until moment: Moment?) {
    let longest = Duration.seconds(1)
    let time = min(longest, max(.zero, moment.map { Moment.now.duration(to: $0) } ?? longest))
    _ = wakeUp.wait(timeout: .now() + .nanoseconds(Int(time / .nanoseconds(1))))
    mail.withLock { $0.isAwake = false }
  }
}

// MARK: - The thread

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
    guard worker != nil else { return sleep(until: nil) }
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
    while schedule.wantsMore, let queued = try queue.next() {
      for damage in queue.takeDamage() { control.report(.queueDamaged(id, damage)) }
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
      return giveUp(error)
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
    for event in dead {
      try deadLetters.append(
        DeadLetter(
          event: event.json, form: .sealed, reason: event.code, detail: event.detail,
          receivedUnixNanoseconds: event.receivedUnixNanoseconds, attempts: event.attempts,
          history: event.answers.map { answer in
            DeadLetter.Attempt(
              unixNanoseconds: wall - Int64(answer.moment.duration(to: now) / .nanoseconds(1)),
              remoteCode: answer.remoteCode)
          }))
      count { $0.deadLettered[event.code, default: 0] += 1 }
    }
    try deadLetters.sync()
  }

  private func tell(_ settlement: DeliverySettlement) {
    let isOpen = schedule.breaker.isOpen
    if isOpen != wasBreakerOpen {
      control.report(.breaker(id, isOpen: isOpen))
    } else if settlement.retried > 0, !isOpen {
      control.report(
        .retrying(id, events: settlement.retried, after: settlement.longestDelay))
    }
    wasBreakerOpen = isOpen
  }

  private func checkpoint() throws {
    guard lastCheckpoint.duration(to: .now) > .seconds(1) else { return }
    lastCheckpoint = .now
    try queue.checkpoint()
  }
}

// MARK: - Its configuration

extension Delivery {
  /// Starts, changes or stops the worker, as far as what it runs with has changed.
  private func take(_ destination: Destination?) {
    guard let destination, destination.enabled else {
      running = nil
      return stopWorker(nil)
    }
    schedule.limits = starter.limits(destination, description)
    do {
      let new = starter.running(destination)
      if let running, running.isSame(as: new) { return }
      stopWorker(new.isPaused ? "it is paused. See: sealpost queue resume \(id)" : nil)
      running = new
      if new.isPaused { return }
      let started = try starter.start(destination)
      worker = started.worker
      http = started.http
      running?.servedTypes = started.description?.servedTypes ?? .max
      shared.withLock { $0.description = started.description ?? $0.description }
      schedule.limits = starter.limits(destination, started.description)
      lastProgress = .now
    } catch {
      control.fail(error)
    }
  }

  private func stopWorker(_ reason: String?) {
    if let reason { control.report(.paused(id, reason)) }
    guard let worker else { return }
    if let problem = flush(worker) { control.report(.gaveUp(id, problem)) }
    worker.stop()
    restartsBefore += worker.restarts
    self.worker = nil
    countRequests()
  }

  /// What the worker that ended has had sent.
  private func countRequests() {
    guard let http else { return }
    count { $0.requests = ($0.requests ?? RequestCounts()) + RequestCounts(http.counts) }
    self.http = nil
  }

  /// Nothing more is sent until the destination is configured anew.
  private func rest(_ reason: String) {
    stopWorker(reason)
  }

  private func giveUp(_ failure: WorkerFailure) {
    control.report(.gaveUp(id, "\(failure)"))
    restartsBefore += worker?.restarts ?? 0
    worker?.stop()
    worker = nil
    countRequests()
    if failure.isTheAdapters { starter.quarantine(id, reason: "\(failure)") }
  }

  private func flush(_ worker: SupervisedWorker) -> String? {
    do throws(WorkerFailure) {
      return try worker.flush()
    } catch {
      return "\(error)"
    }
  }

  private func finish() {
    let unread = mail.withLock { mail in
      mail.isOver = true
      return mail.configurations
    }
    for (_, done) in unread { done.signal() }
    stopWorker(nil)
    do {
      try queue.close()
    } catch {
      control.report(.queueTrouble(id, "\(error)"))
    }
    count {
      $0.waiting = queue.state.waiting
      $0.workerRestarts = restartsBefore
    }
  }
}
