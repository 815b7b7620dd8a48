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
  let starter: DestinationStarter
  let control: RunControl
  let deadLetters: DeadLetterStore
  let shared = Mutex(Shared())
  let mail = Mutex(Mail())
  let wakeUp = DispatchSemaphore(value: 0)

  var schedule: DeliverySchedule
  /// Nil before the first event is sent again.
  var attemptsNote: DurableNote?
  var worker: SupervisedWorker?
  /// Ends a batch under way, from any thread.
  let brake = WorkerBrake()
  /// What sends the worker's requests and connects for it.
  var egress: DestinationEgress? {
    get { shared.withLock { $0.egress } }
    set { shared.withLock { $0.egress = newValue } }
  }
  var running: RunningConfiguration?
  var results: [EventResult] = []
  var lastProgress = Moment.now
  var lastCheckpoint = Moment.now
  var restartsBefore = 0
  var wasBreakerOpen = false

  struct Shared {
    var counts = DeliveryCounts()
    var egress: DestinationEgress?
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

  struct Mail {
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
    guard FileManager.default.fileExists(atPath: Self.attemptsPath(queue)) else { return }
    do throws(QueueError) {
      attemptsNote = try DurableNote(path: Self.attemptsPath(queue))
      schedule.firstAttempts.take(
        attemptsNote?.found ?? [], at: .now, wallMilliseconds: WallClock.milliseconds(),
        isWaiting: queue.isWaiting)
    } catch {
      control.report(.queueTrouble(id, "\(error)"))
    }
  }

  static func attemptsPath(_ queue: DeliveryQueue) -> String { "\(queue.folder)/attempts" }

  var counts: DeliveryCounts { shared.withLock { $0.counts } }
  /// Those of the worker that runs included.
  var requestCounts: RequestCounts? {
    let (before, egress) = shared.withLock { ($0.counts.requests, $0.egress) }
    return egress?.counts.map { (before ?? RequestCounts()) + $0 } ?? before
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

  func sleep(until moment: Moment?) {
    let longest = Duration.seconds(1)
    let time = min(longest, max(.zero, moment.map { Moment.now.duration(to: $0) } ?? longest))
    _ = wakeUp.wait(timeout: .now() + .nanoseconds(Int(time / .nanoseconds(1))))
    mail.withLock { $0.isAwake = false }
  }
}
