internal import DeliveryQueue
internal import Glibc
internal import Metrics
internal import Synchronization

// What is asked of it.
extension HostMonitor {
  /// The destinations that are on, with their deliveries, by id.
  private var running: [Delivery] { state.withLock { $0.subject }?.live?.active ?? [] }

  /// Whether the process does its work: what `/healthz` asks.
  package var isAlive: Bool {
    let (subject, beat) = state.withLock { ($0.subject, $0.lastBeat) }
    guard let subject else { return true }
    return !subject.control.hasFailed && beat.duration(to: .now) < .seconds(30)
  }

  package var readiness: Readiness {
    let state = self.state.withLock { $0.view }
    let deliveries = running
    let standings = deliveries.map { ($0.id, state.standings[$0.id] ?? DestinationStanding()) }
    let degraded = standings.filter { !$0.1.state.isAdmitted }.map {
      Readiness.Degraded(destination: $0.0, state: $0.1.state.rawValue, reason: $0.1.reason)
    }
    if let producer = state.subject?.producer {
      return Readiness(
        [
          .init("accepting", accepting(state)), .init("brokers", producer.counts.trouble),
          .init("audit_log", state.auditTrouble),
        ], degraded: [])
    }
    return Readiness(
      [
        .init("accepting", accepting(state)),
        .init("destinations", destinations(standings, degraded)),
        .init("queues", state.subject?.control.heldBecause),
        .init("audit_log", state.auditTrouble),
      ], degraded: degraded)
  }

  private func accepting(_ state: State) -> String? {
    if let control = state.subject?.control, control.shouldStop { return control.reasonOfEnd }
    switch state.phase {
    case .running: return nil
    case .starting: return "the host is starting"
    case .draining, .ended: return "the host is stopping"
    }
  }

  private func destinations(
    _ standings: [(String, DestinationStanding)], _ degraded: [Readiness.Degraded]
  ) -> String? {
    if standings.isEmpty { return "no destination is on" }
    guard degraded.count == standings.count else { return nil }
    return "none of the destinations that are on runs: "
      + degraded.map { "\($0.destination): \($0.reason ?? $0.state)" }.joined(separator: "; ")
  }

  package var status: HostStatus {
    let state = self.state.withLock { $0.view }
    return HostStatus(
      pid: Int(getpid()), startedUnixSeconds: Self.seconds(startedUnixNanoseconds),
      phase: state.phase.rawValue, readiness: readiness,
      sources: state.sources.sorted { $0.key < $1.key }.map { source($0.key, $0.value, state) },
      destinations: running.map { destination($0, state) }, stream: state.stream,
      produce: state.subject?.producer?.counts,
      snapshot: snapshot(state))
  }

  private func source(_ id: String, _ meter: SourceMeter, _ state: State) -> HostStatus.Source {
    HostStatus.Source(
      id: id, read: meter.read.value, accepted: meter.accepted.value,
      rejected: meter.rejected.values.reduce(0, +), duplicates: meter.duplicates.value,
      bytes: meter.bytes.value, rates: state.rates(of: Self.accepted(id)))
  }

  private func destination(_ delivery: Delivery, _ state: State) -> HostStatus.Destination {
    let standing = state.standings[delivery.id] ?? DestinationStanding()
    let (counts, queue) = (delivery.counts, delivery.queue.state)
    return HostStatus.Destination(
      id: delivery.id, state: standing.state.rawValue, reason: standing.reason,
      sinceUnixSeconds: Self.seconds(standing.since), waiting: queue.waiting,
      queueBytes: queue.bytes,
      oldestUnixSeconds: queue.oldestUnixMilliseconds.map { Int($0 / 1000) },
      delivered: counts.delivered, retried: counts.retried,
      deadLettered: counts.deadLettered.values.reduce(0, +), lost: queue.lostEvents,
      workerRestarts: standing.restarts, rates: state.rates(of: Self.delivered(delivery.id)),
      lastError: standing.lastError.map {
        HostStatus.Failure(text: $0.text, unixSeconds: Self.seconds($0.unixNanoseconds))
      })
  }

  /// What came to something in all sources.
  var summary: RunSummary {
    var summary = RunSummary()
    for meter in state.withLock({ $0.sources }).values {
      summary.read += meter.read.value
      summary.accepted += meter.accepted.value
      summary.rejections.merge(meter.rejected, uniquingKeysWith: +)
    }
    return summary
  }

  /// The same, as a line of progress shows it.
  var progress: RunProgress {
    var progress = RunProgress()
    let summary = summary
    progress.accepted = summary.accepted
    progress.rejected = summary.rejected
    return progress
  }

  static func seconds(_ nanoseconds: Int64) -> Int { Int(nanoseconds / 1_000_000_000) }
}

extension HostMonitor.State {
  /// A copy, to be looked at without the lock.
  var view: Self { self }

  fileprivate func rates(of name: String) -> HostStatus.Rates {
    HostStatus.Rates(
      now: rates.perSecond(name, over: .seconds(10)),
      minute: rates.perSecond(name, over: RateWindow.length))
  }
}
