internal import Workspace
internal import AdapterLoading

/// How a destination stands, as the run's own reports have it.
struct DestinationStanding: Sendable {
  /// What `status` and the metrics call it: a closed list.
  enum State: String, CaseIterable, Codable, Sendable {
    case starting, running
    /// It fails again and again, and gets one event at a time.
    case probing
    case paused
    /// Not started: its product, its key, its document or its adapter does not allow it.
    case refused
    /// Nothing more is sent until its adapter or settings change.
    case stopped
    case quarantined

    /// Whether its adapter runs, or could.
    var isAdmitted: Bool {
      switch self {
      case .starting, .running, .probing, .paused: true
      case .refused, .stopped, .quarantined: false
      }
    }
  }

  private(set) var state = State.starting
  private(set) var since = Timestamp.nanoseconds
  /// Why it is not running; nil while it is.
  private(set) var reason: String?
  private(set) var lastError: (text: String, unixNanoseconds: Int64)?
  /// How often its worker was started again.
  private(set) var restarts = 0

  /// Takes what a report says.
  mutating func take(_ report: HostReport) {
    switch report {
    case .started: enter(.running, nil)
    case .refused(_, let reason) where state != .quarantined: enter(.refused, reason)
    case .gaveUp(_, let reason): enter(.stopped, reason)
    case .quarantined: enter(.quarantined, lastError?.text ?? "its adapter failed again and again")
    case .paused(_, let reason): enter(.paused, reason)
    case .breaker(_, isOpen: true, let why):
      enter(.probing, "it fails again and again" + (why.isEmpty ? "" : ": \(why)"))
    case .breaker(_, isOpen: false, _): enter(.running, nil)
    case .retrying(_, _, _, let why) where !why.isEmpty: note(why)
    case .queueTrouble(_, let text): note(text)
    case .queueDamaged(_, let damage): note("\(damage)")
    case .worker(_, let notice): take(notice)
    default: break
    }
  }

  private mutating func enter(_ new: State, _ why: String?) {
    if new != state { since = Timestamp.nanoseconds }
    state = new
    reason = why
    if let why, new != .paused { note(why) }
  }

  private mutating func note(_ text: String) { lastError = (text, Timestamp.nanoseconds) }
}

extension DestinationStanding {
  private mutating func take(_ notice: WorkerNotice) {
    switch notice {
    case .restarted(let reason, _):
      restarts += 1
      note(reason)
    case .startFailed(let reason, _): note(reason)
    case .failed(let call, let reason): note("\(call) failed: \(reason)")
    case .poisonEvent: note("the adapter fails on one event; it is set aside")
    case .connectionRefused(let reason): note("the adapter asked for a connection: \(reason)")
    case .noOutcome, .log, .logDropped, .connected: break
    }
  }
}

extension HostReport {
  /// The destination that it is about; nil when it is about none.
  var destination: String? {
    switch self {
    case .started(let id, _), .refused(let id, _), .worker(let id, _), .retrying(let id, _, _, _),
      .quarantined(let id), .gaveUp(let id, _), .paused(let id, _), .breaker(let id, _, _),
      .queueTrouble(let id, _), .queueDamaged(let id, _):
      id
    default: nil
    }
  }
}
