internal import AuditLog
internal import EventJSON
internal import Foundation
internal import HTTPListener
internal import Metrics
internal import Synchronization
internal import TrackingAPI
internal import Workspace

/// Watches one run for whoever asks: metrics, readiness, status, live events; any thread.
///
/// It is told of little: what the run reports, and each block that has become durable. The rest it reads when asked.
package final class HostMonitor: Sendable {
  enum Phase: String, Sendable {
    case starting, running
    /// The input is at its end, or a stop was asked for: what waits is delivered.
    case draining
    case ended
  }

  /// What it watches.
  struct Subject: Sendable {
    /// Nil for a run without destinations.
    let live: LiveConfiguration?
    /// Of a run that sends to a topic.
    var producer: ProducerMeter?
    let control: RunControl
    let workspace: Workspace
  }

  struct State {
    var phase = Phase.starting
    var subject: Subject?
    var sources: [String: SourceMeter] = [:]
    var standings: [String: DestinationStanding] = [:]
    /// Nil for a run that reads no stream.
    var stream: StreamStanding?
    /// What the listener for events has done; nil for a run without one.
    var listener: (@Sendable () -> ListenerCounts)?
    /// Why the snapshot that a replica's origin left last is not in force.
    var snapshotRefusal: String?
    var rates = RateWindow()
    /// Why the audit log is not sound, as far as is known; nil when it is.
    var auditTrouble: String?
    var lastBeat = Moment.now
  }

  let startedUnixNanoseconds = Timestamp.nanoseconds
  let commitSeconds = Histogram.seconds()
  let auditFailures = Counter()
  let snapshotRefusals = Counter()
  let tap = EventTap()
  let state = Mutex(State())

  package init() {}
}

// MARK: - What it is told

extension HostMonitor {
  /// Called for every report of the run, before it goes on.
  func take(_ report: HostReport) {
    if case .auditFailed(let text) = report {
      auditFailures.add()
      state.withLock { $0.auditTrouble = text }
    }
    if case .snapshot(let report) = report { take(report) }
    guard let id = report.destination else { return }
    state.withLock { $0.standings[id, default: DestinationStanding()].take(report) }
  }

  /// Called when a block's events are durable; by one thread.
  func count(_ block: Block) {
    tap.offer(block)
    guard block.redriven == nil else { return }
    meter(of: block.source).count(block)
  }

  /// Called about once a second by the stream's reader.
  func take(_ standing: StreamStanding) { state.withLock { $0.stream = standing } }

  /// Asks this listener from now on what it does.
  func watch(_ listener: HTTPListener) { state.withLock { $0.listener = { listener.counts } } }

  /// Called when a call's events are with the brokers; by one thread.
  func count(_ call: TrackingCall, rejections: [EventRejection]) {
    meter(of: call.source).count(call, rejections: rejections)
  }

  private func meter(of source: String) -> SourceMeter {
    state.withLock { state in
      if let meter = state.sources[source] { return meter }
      let meter = SourceMeter()
      state.sources[source] = meter
      return meter
    }
  }

  func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }
}

// MARK: - Its beat

extension HostMonitor {
  /// Watches until ``Watch/end()``: takes a sample each second, and looks at the audit log now and then.
  func watch(_ subject: Subject) -> Watch {
    state.withLock { $0.subject = subject }
    return Watch(self)
  }

  /// A run's watch.
  final class Watch: Sendable {
    private let monitor: HostMonitor
    private let thread: RepeatingThread

    init(_ monitor: HostMonitor) {
      self.monitor = monitor
      thread = RepeatingThread("monitor", every: .seconds(1)) { beats in
        monitor.beat(looksAtLog: beats % 5 == 0)
      }
    }

    /// Returns when the thread has; call it once.
    func end() {
      thread.end()
      // What it watched refers to the monitor's reports.
      monitor.state.withLock { state in
        state.subject = nil
        state.listener = nil
        state.phase = .ended
      }
    }
  }

  private func beat(looksAtLog: Bool) {
    let totals = self.totals
    state.withLock { state in
      state.rates.add(totals, at: .now)
      state.lastBeat = .now
    }
    if let control = state.withLock({ $0.subject?.control }) { control.report(.alive(isAlive)) }
    guard looksAtLog, let workspace = state.withLock({ $0.subject?.workspace }) else { return }
    var trouble: String?
    do {
      // Reads and checks what was written since the last look, by any process.
      _ = try workspace.audit.digests()
    } catch {
      trouble = "\(error)"
    }
    state.withLock { $0.auditTrouble = trouble }
  }

  /// What rates are made of, by name.
  private var totals: [String: Int] {
    let (subject, sources) = state.withLock { ($0.subject, $0.sources) }
    var totals = sources.reduce(into: [:]) {
      $0[Self.accepted($1.key)] = $1.value.accepted.value
    }
    for delivery in subject?.live?.all ?? [] {
      totals[Self.delivered(delivery.id)] = delivery.counts.delivered
    }
    return totals
  }

  static func accepted(_ source: String) -> String { "accepted/\(source)" }
  static func delivered(_ destination: String) -> String { "delivered/\(destination)" }
}
