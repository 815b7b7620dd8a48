internal import DestinationHost
internal import Synchronization

/// Tells what a run does, in its log and on its line of progress; any thread.
final class RunReporter: Sendable {
  private let log: Log
  /// Of a file; nil for a pipe.
  private let inputSize: Int?
  private let service: ServiceManager?
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  private struct State {
    var hasRefusals = false
    var lastProgress = ContinuousClock.now
    var lastProgressEntry = ContinuousClock.now
  }

  init(_ log: Log, inputSize: Int?, service: ServiceManager? = nil) {
    self.service = service
    self.log = log
    self.inputSize = inputSize
  }

  /// Whether a destination that is enabled did not run.
  var hasRefusals: Bool { state.withLock { $0.hasRefusals } }

  @Sendable func report(_ report: HostReport) {
    switch report {
    case .progress(let progress): tell(progress)
    case .draining(let waiting):
      service?.stopping()
      tellWaiting(waiting)
    case .alive(let isWell): service?.beat(isWell: isWell)
    default:
      if case .ready = report { service?.ready() }
      if case .refused = report { state.withLock { $0.hasRefusals = true } }
      if let entry = report.logEntry { log.write(entry) }
    }
  }

  /// What became of everything.
  func finish(_ summary: RunSummary) {
    log.finish()
    for entry in summary.logEntries { log.write(entry) }
  }
}

// MARK: - Progress

extension RunReporter {
  private func tellWaiting(_ events: Int) {
    guard isDue(\.lastProgress, every: .milliseconds(200)) else { return }
    log.progress(
      "\(Count.of(events, "event")) to be delivered; Ctrl-C leaves them in their queues")
  }

  private func tell(_ progress: RunProgress) {
    guard isDue(\.lastProgress, every: .milliseconds(200)) else { return }
    let seconds = max(0.001, start.duration(to: .now) / .seconds(1))
    let line = RunProgressLine(progress, inputSize: inputSize, seconds: seconds)
    log.progress(line.text)
    // Where no terminal shows the line, the log has it once a minute.
    if log.form == .json, isDue(\.lastProgressEntry, every: .seconds(60)) {
      log.write(line.logEntry)
    }
  }

  /// Whether so much time has passed since it was so last.
  private func isDue(
    _ last: WritableKeyPath<State, ContinuousClock.Instant>, every pause: Duration
  ) -> Bool {
    state.withLock { state in
      let now = ContinuousClock.now
      guard state[keyPath: last].duration(to: now) > pause else { return false }
      state[keyPath: last] = now
      return true
    }
  }
}
