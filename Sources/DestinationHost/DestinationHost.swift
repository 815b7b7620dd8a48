internal import AdapterLoading
internal import Eligibility
internal import Foundation
internal import Ingest
package import Workspace

/// What a run is given.
package struct HostRun: Sendable {
  /// NDJSON; stays the caller's to close.
  package var input: Int32
  /// Threads that encrypt; as many as there are processors by default.
  package var threads = ProcessInfo.processInfo.activeProcessorCount
  /// How long an event is tried again before it becomes a dead letter.
  package var patience = Duration.seconds(300)
  /// Waiting time before the first repetition; it doubles up to the longest.
  package var firstRetryDelay = Duration.milliseconds(100)
  /// How long an adapter may take for a batch before it is asked to come back.
  package var deliverDeadline = Duration.seconds(30)
  /// From then until its process is killed.
  package var grace = Duration.seconds(2)
  /// For each step of an adapter's start.
  package var startDeadline = Duration.seconds(10)
  /// The executable that becomes a worker.
  package var executablePath = "/proc/self/exe"
  /// Asked a few times a second, on any thread.
  package var shouldStop: @Sendable () -> Bool
  /// Called on any thread, in no order between destinations.
  package var report: @Sendable (HostReport) -> Void

  package init(
    input: Int32, shouldStop: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (HostReport) -> Void = { _ in }
  ) {
    self.input = input
    self.shouldStop = shouldStop
    self.report = report
  }
}

/// The host: everything between an input and the destinations of a workspace.
package enum DestinationHost {
  /// Runs the workspace's destinations on an input until it ends, or a stop is asked for.
  ///
  /// The calling thread reads, and blocks until every accepted event is delivered or a dead letter.
  ///
  /// Throws `HostError` when nothing may run, `WorkspaceError.hostRunning`, `AuditError` when the start cannot be
  /// recorded, `IngestError` when the input fails, `WorkspaceError` when a dead letter cannot be kept.
  package static func run(_ run: HostRun, on workspace: Workspace) throws -> RunSummary {
    let lock = try HostLock(workspace)
    defer { withExtendedLifetime(lock) {} }
    let audit = HostAudit(workspace)
    let destinations = try admitted(workspace, audit)
    for damage in workspace.damage { run.report(.damaged("\(damage)")) }
    try audit.started(destinations: destinations.map(\.id))
    let start = ContinuousClock.now
    var summary = try deliver(run, workspace, destinations, audit)
    summary.seconds = start.duration(to: .now) / .seconds(1)
    try audit.stopped(summary)
    return summary
  }

  /// The destinations that are on; throws when the workspace may not run at all.
  private static func admitted(
    _ workspace: Workspace, _ audit: HostAudit
  ) throws -> [Destination] {
    let standing = workspace.settings.standing.decide(on: .today)
    guard standing.allowed else {
      try audit.refused(reason: standing.reason)
      throw HostError.notEligible(reason: standing.reason, mend: standing.mend)
    }
    let destinations = workspace.destinations().filter(\.enabled)
    guard !destinations.isEmpty else { throw HostError.noDestination }
    return destinations
  }

  private static func deliver(
    _ run: HostRun, _ workspace: Workspace, _ destinations: [Destination], _ audit: HostAudit
  ) throws -> RunSummary {
    let control = RunControl(
      backoff: Backoff(first: run.firstRetryDelay), patience: run.patience,
      shouldStop: run.shouldStop, report: run.report)
    let starter = DestinationStarter(
      workspace: workspace, audit: audit, run: run)
    let started = try destinations.map(starter.start)
    let lanes = try started.map { destination in
      Lane(
        destination.plan, destination.worker,
        try workspace.deadLetters(of: destination.plan.id), control,
        quarantine: { starter.quarantine(destination.plan.id, reason: $0) })
    }
    let plans = started.map(\.plan)
    let selection = FieldSelection(plans.map(\.actions))
    let sealers = try (0..<max(1, run.threads)).map { _ in try BlockSealer(plans, selection) }
    var reader = LineBlockReader(descriptor: run.input, shouldStop: run.shouldStop)
    var summary = try Pipeline(sealers: sealers, lanes: lanes, control: control).run(&reader)
    summary.destinations = lanes.map { ($0.plan.id, $0.counts) }
    summary.wasStopped = run.shouldStop()
    return summary
  }
}
