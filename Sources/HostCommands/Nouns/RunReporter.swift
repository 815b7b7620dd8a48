internal import AdapterLoading
internal import DeliveryQueue
internal import DestinationHost
internal import Eligibility
internal import EventJSON
internal import Privacy
internal import Synchronization

/// Tells on standard error what a run does; any thread.
final class RunReporter: Sendable {
  private static let mostRejections = 20
  private let console: Console
  /// Of a file; nil for a pipe.
  private let inputSize: Int?
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private struct State {
    var rejections = 0
    var hasRefusals = false
    var lastProgress = ContinuousClock.now
  }

  init(_ console: Console, inputSize: Int?) {
    self.console = console
    self.inputSize = inputSize
  }

  /// Whether a destination that is enabled did not run.
  var hasRefusals: Bool { state.withLock { $0.hasRefusals } }

  @Sendable func report(_ report: HostReport) {
    switch report {
    case .started(let id, let adapter):
      console.note("\(id): \(adapter.displayName) \(adapter.version) started")
    case .refused(let id, let reason):
      state.withLock { $0.hasRefusals = true }
      console.error("destination \"\(id)\": \(Printable.text(reason))")
    case .eligibility(let decision): tell(decision)
    case .damaged(let text), .auditFailed(let text): console.warning(Printable.text(text))
    case .rejected(let rejection): tell(rejection)
    case .likelyPersonalData(let warning): tell(warning)
    case .progress(let progress): tell(progress)
    case .worker(let id, let notice): tell(id, notice)
    case .retrying(let id, let events, let delay):
      console.note(
        "\(id): \(Count.of(events, "event")) again in \(delay.components.seconds).\(tenths(delay)) s"
      )
    case .quarantined(let id):
      console.error(
        "destination \"\(id)\": quarantined. When the adapter is mended: "
          + "sealpost destination reconcile \(id)")
    case .gaveUp(let id, let reason):
      console.error("destination \"\(id)\": nothing more is sent: \(Printable.text(reason))")
    default: tellDelivery(report)
    }
  }

  private func tellDelivery(_ report: HostReport) {
    switch report {
    case .paused(let id, let reason):
      console.warning("\(id): paused, its events wait: \(Printable.text(reason))")
    case .breaker(let id, let isOpen):
      console.warning(
        isOpen
          ? "\(id): it fails again and again; it is only probed until it takes events"
          : "\(id): it takes events again")
    case .queueTrouble(let id, let text):
      console.warning("\(id): the source waits: \(Printable.text(text))")
    case .queueDamaged(let id, let damage): console.warning("\(id): queue: \(damage)")
    case .draining(let waiting): tellWaiting(waiting)
    case .reconfigured: console.note("The workspace changed; the run goes on with it")
    case .continued(let lines):
      console.note(
        "This file was read before: going on after line \(Count.grouped(lines)) "
          + "(--from start begins again)")
    case .inputReplaced:
      console.note("This is another file than the last one of its name: reading it from its start")
    default: break
    }
  }

  /// What became of everything, for people.
  func finish(_ summary: RunSummary) {
    let rejected = state.withLock { $0.rejections }
    if rejected > RunReporter.mostRejections {
      console.warning("\(Count.of(rejected - RunReporter.mostRejections, "more line")) rejected")
    }
    for (id, counts) in summary.destinations { tell(id, counts) }
    tellRest(summary)
    let rate = summary.seconds > 0 ? Int(Double(summary.accepted) / summary.seconds) : 0
    console.note(
      "\(Count.of(summary.read, "line")) read, \(Count.of(summary.accepted, "event")) accepted, "
        + "\(Count.grouped(summary.rejected)) rejected, "
        + "\(text(summary.values)), "
        + "\(Count.grouped(rate)) events/s" + (summary.wasStopped ? "; stopped" : ""))
  }
}

// MARK: - Lines

extension RunReporter {
  /// `40 values encrypted, 3 removed`.
  private func text(_ values: ValueCounts) -> String {
    [(values.tokenized, "tokenised"), (values.removed, "removed")].filter { $0.0 > 0 }.reduce(
      "\(Count.of(values.encrypted, "value")) encrypted"
    ) { $0 + ", \(Count.grouped($1.0)) \($1.1)" }
  }

  private func tellRest(_ summary: RunSummary) {
    if summary.duplicates > 0 {
      console.note(
        "\(Count.of(summary.duplicates, "duplicate")) dropped: their messageId was seen in the last 24 hours"
      )
    }
    if summary.redriven > 0 {
      console.note("\(Count.of(summary.redriven, "dead letter")) taken up once more")
    }
    if summary.forgottenIDs > 0 {
      console.warning(
        "\(Count.of(summary.forgottenIDs, "messageId")) forgotten before their 24 hours: "
          + "duplicates of those are not recognised")
    }
    if summary.rejectedNotKept > 0 {
      console.warning(
        "\(Count.of(summary.rejectedNotKept, "rejected line")) not kept: there is no more room. "
          + "See: sealpost dead-letter purge @rejected --help")
    }
  }

  private func tell(_ decision: EligibilityDecision) {
    guard !decision.allowed else {
      return console.note("This workspace is eligible now: nothing is withheld for that reason")
    }
    console.warning(
      "\(decision.reason). Fields classified red or yellow are left out wherever they would go in "
        + "clear. See: \(decision.mend)")
  }

  private func tell(_ rejection: Rejection) {
    let isTold = state.withLock { state in
      state.rejections += 1
      return state.rejections <= RunReporter.mostRejections
    }
    if isTold { console.warning("line \(rejection.line) rejected: \(rejection.reason)") }
  }

  private func tell(_ warning: ClearWarning) {
    let found = warning.finding.means == .similar ? "its key is like" : "a value of it is like"
    console.warning(
      "\(warning.destination): \(Printable.text(warning.path)) goes there in clear, and "
        + "\(found) matcher \"\(Printable.text(warning.finding.matcher))\". Classify it: "
        + "sealpost inbox list")
  }

  private func tell(_ id: String, _ notice: WorkerNotice) {
    switch notice {
    case .restarted(let reason, let count):
      console.warning("\(id): worker started again (\(count)): \(Printable.text(reason))")
    case .startFailed(let reason, let delay):
      console.warning(
        "\(id): worker not started, again in \(delay.components.seconds).\(tenths(delay)) s: "
          + Printable.text(reason))
    case .poisonEvent: console.warning("\(id): the adapter fails on one event; it is set aside")
    case .failed(let call, let reason):
      console.warning("\(id): \(call) failed: \(Printable.text(reason))")
    case .noOutcome(let events):
      console.warning("\(id): the adapter gave no outcome for \(Count.of(events, "event"))")
    case .log(let level, let text):
      // What an adapter says on its own account is told only when it matters.
      if level >= 3 { console.warning("\(id): \(Printable.text(text))") }
    case .logDropped(let lines): console.warning("\(id): \(Count.of(lines, "log line")) dropped")
    }
  }

  private func tell(_ id: String, _ counts: DeliveryCounts) {
    var parts = ["\(Count.grouped(counts.delivered)) delivered"]
    for (count, words) in [
      (counts.heldBack.notServed, "not served"), (counts.heldBack.notWanted, "not wanted"),
      (counts.heldBack.filtered, "filtered"), (counts.heldBack.sampledOut, "not in the sample"),
    ] where count > 0 { parts.append("\(Count.grouped(count)) \(words)") }
    if counts.retried > 0 { parts.append("\(Count.grouped(counts.retried)) retried") }
    if counts.workerRestarts > 0 {
      parts.append(Count.of(counts.workerRestarts, "worker restart"))
    }
    if let requests = counts.requests { parts.append(Count.of(requests.sent, "request")) }
    console.note("\(id): " + parts.joined(separator: ", "))
    tellUndelivered(id, counts)
  }

  private func tellUndelivered(_ id: String, _ counts: DeliveryCounts) {
    if counts.waiting > 0 {
      console.warning(
        "\(id): \(Count.of(counts.waiting, "event")) not delivered yet, kept in its queue: "
          + "sealpost run --until-idle < /dev/null goes on")
    }
    guard !counts.deadLettered.isEmpty else { return }
    let reasons = counts.deadLettered.sorted { $0.key < $1.key }
      .map { "\($0.key) \(Count.grouped($0.value))" }
    let count = counts.deadLettered.values.reduce(0, +)
    console.warning(
      "\(id): \(Count.of(count, "event")) not delivered, kept as dead letters: "
        + reasons.joined(separator: ", "))
  }

  private func tellWaiting(_ events: Int) {
    guard isDue else { return }
    console.progress(
      "\(Count.of(events, "event")) to be delivered; Ctrl-C leaves them in their queues")
  }

  /// Whether the line of progress is to be written again: five times a second at most.
  private var isDue: Bool {
    state.withLock { state in
      let now = ContinuousClock.now
      guard state.lastProgress.duration(to: now) > .milliseconds(200) else { return false }
      state.lastProgress = now
      return true
    }
  }

  private func tell(_ progress: RunProgress) {
    guard isDue else { return }
    let seconds = max(0.001, start.duration(to: .now) / .seconds(1))
    let rate = Int(Double(progress.accepted) / seconds)
    var line = "\(Count.of(progress.accepted, "event")), \(Count.grouped(rate)) events/s"
    if let inputSize, inputSize > 0, progress.bytesRead > 0 {
      let part = min(1, Double(progress.bytesRead) / Double(inputSize))
      line += ", \(Int(part * 100)) %, \(Int(seconds / part - seconds)) s left"
    }
    console.progress(line)
  }

  private func tenths(_ delay: Duration) -> Int64 {
    delay.components.attoseconds / 100_000_000_000_000_000
  }
}
