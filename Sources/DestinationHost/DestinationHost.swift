internal import AdapterLoading
internal import AuditLog
internal import DeliveryQueue
internal import Eligibility
internal import Foundation
package import HTTPListener
internal import Ingest
internal import KafkaClient
package import Workspace

/// What a run is given.
package struct HostRun: Sendable {
  /// NDJSON; stays the caller's to close; nil for a run that reads no lines.
  package var input: Int32?
  /// A topic that is read, at the same time.
  package var stream: StreamInput?
  /// Where the origin of a replica leaves its snapshots; nil: configuration comes from the workspace alone.
  package var snapshots: SnapshotFollower?
  /// What else gives events, at the same time.
  var sources: [any EventSource] = []
  /// Where calls of the Tracking API are taken; nil for nowhere.
  package var listen: HTTPSourceSettings?
  /// Where what is taken goes instead of to destinations; only with ``listen``, and with no other source.
  package var produce: StreamTarget?
  /// The id of the source that the events come from: its controls hold, and what is seen is counted for it.
  package var source = "default"
  /// Threads that encrypt; as many as there are processors by default.
  package var threads = ProcessInfo.processInfo.activeProcessorCount
  /// The input's path, when it is a file: how far it was read is noted, and the next run goes on there.
  package var inputPath: String?
  /// A folder of files of lines that is followed, instead of an input.
  package var inputFolder: String?
  /// Whether the input is read from its start, whatever was noted.
  package var fromStart = false
  /// Whether an event whose messageId was seen in the last 24 hours is dropped; with `fromStart`, in this run alone.
  package var dropsDuplicates = true
  /// Whether a followed folder is at its end when all that is in it was read, and whether the run waits, after the input's end, as long as any event may still be delivered.
  package var untilIdle = false
  /// How long it waits without that, while nothing at all is delivered to a destination.
  package var linger = Duration.seconds(30)
  /// How long a stop may take to send what can be sent at once.
  package var stopDeadline = Duration.seconds(10)
  /// How long an event is tried again before it becomes a dead letter.
  package var patience = Duration.seconds(4 * 3600)
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
  /// Asked a few times a second: whether the workspace is to be looked at anew (`SIGHUP`).
  package var shouldReload: @Sendable () -> Bool = { false }
  /// Called on any thread, in no order between destinations.
  package var report: @Sendable (HostReport) -> Void
  /// Watches the run for whoever asks.
  package var monitor = HostMonitor()
  /// Where `/healthz`, `/readyz` and `/metrics` are served; nil: nowhere.
  package var metricsAddress: ListenAddress?

  /// With its monitor told of every report.
  var watched: HostRun {
    var watched = self
    watched.report = { [monitor, report] in
      monitor.take($0)
      report($0)
    }
    return watched
  }

  package init(
    input: Int32?, shouldStop: @escaping @Sendable () -> Bool = { false },
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
  /// Blocks until every accepted event is delivered, a dead letter, or left in a queue
  /// for the next run.
  ///
  /// Throws `HostError` when nothing may run, `WorkspaceError.hostRunning`, `AuditError` when the start cannot be
  /// recorded, `IngestError` when the input fails, `QueueError` or `WorkspaceError` when an event cannot be kept.
  package static func run(_ run: HostRun, on workspace: Workspace) throws -> RunSummary {
    let run = run.watched
    let lock = try HostLock(workspace)
    defer { withExtendedLifetime(lock) {} }
    let audit = HostAudit(workspace)
    let destinations = run.produce == nil ? workspace.destinations().filter(\.enabled) : []
    guard !destinations.isEmpty || run.produce != nil else { throw HostError.noDestination }
    // Before anything starts: a port that is taken ends the run.
    let calls = try run.listen.map { try CallListener($0, run, workspace) }
    try audit.started(
      destinations: destinations.map(\.id), topic: run.produce?.address.topic,
      workspace.settings.standing.decide(on: .today),
      workspace.isReplica ? workspace.replica() : nil)
    try workspace.audit.expire(workspace.settings.auditRetention)
    let heartbeat = AuditHeartbeat(workspace.audit) { run.report(.damaged("\($0)")) }
    defer { heartbeat.end() }
    let start = ContinuousClock.now
    var summary =
      if let target = run.produce, let calls {
        try StreamEdge(to: target, calls, run, workspace).serve()
      } else {
        try deliver(run, calls.map { HTTPSource(calls: $0) }, workspace, audit)
      }
    summary.seconds = start.duration(to: .now) / .seconds(1)
    try audit.stopped(summary)
    return summary
  }

  private static func deliver(
    _ run: HostRun, _ http: HTTPSource?, _ workspace: Workspace, _ audit: HostAudit
  ) throws -> RunSummary {
    let control = RunControl(
      shouldStop: run.shouldStop, report: run.report, monitor: run.monitor)
    let starter = DestinationStarter(workspace: workspace, audit: audit, run: run)
    let live = LiveConfiguration(workspace, starter, control)
    let watch = run.monitor.watch(.init(live: live, control: control, workspace: workspace))
    defer { watch.end() }
    let server = try MonitoringServer(run.monitor, workspace, on: run.metricsAddress) {
      control.report(.damaged($0))
    }
    defer { server.stop() }
    defer { live.watch.keep() }
    let committer = try committer(run, workspace, control)
    do {
      let position = try position(run, workspace)
      let pipeline = Pipeline(
        try live.plans(), source: run.source, threads: max(1, run.threads), committer: committer,
        control,
        identify: {
          try Identification(workspace, dropsDuplicates: run.dropsDuplicates)
        })
      let following = live.follow(pipeline)
      let redrive = RedriveSource(workspace: workspace, control: control)
      do {
        try redrive.read(into: pipeline)
        let redriving = redrive.follow(pipeline)
        defer { redriving.end() }
        run.monitor.enter(.running)
        run.report(.ready(metrics: server.address))
        read(sources(run, http, workspace, position), into: pipeline, control)
      } catch {
        control.fail(error)
      }
      run.monitor.enter(.draining)
      control.report(.draining(waiting: live.all.reduce(0) { $0 + $1.queue.state.waiting }))
      pipeline.finish()
      RunEnd(live: live, run: run, control: control).wait()
      following.end()
      do { try position?.sync() } catch { control.fail(error) }
    } catch {
      control.fail(error)
      live.end(.stop(by: .now))
    }
    try control.throwFailure()
    var summary = committer.summary
    summary.destinations = live.all.map { ($0.id, $0.counts) }
    summary.wasStopped = run.shouldStop()
    return summary
  }

  private static func sources(
    _ run: HostRun, _ http: HTTPSource?, _ workspace: Workspace, _ position: InputPosition?
  ) -> [any EventSource] {
    var sources = run.sources
    if let input = run.input { sources.append(LineSource(descriptor: input, position: position)) }
    if let stream = run.stream { sources.append(StreamSource(input: stream)) }
    if let http { sources.append(http) }
    if let path = run.inputFolder {
      sources.append(
        FolderSource(
          path: path, workspace: workspace, readsOnce: run.untilIdle, fromStart: run.fromStart))
    }
    return sources
  }

  /// Returns when every source is at its end; one that fails ends the others.
  private static func read(
    _ sources: [any EventSource], into pipeline: Pipeline, _ control: RunControl
  ) {
    let threads = sources.map { source in
      HostThread("source") {
        do { try source.read(into: pipeline, control) } catch { control.fail(error) }
      }
    }
    threads.forEach { $0.join() }
  }

  private static func committer(
    _ run: HostRun, _ workspace: Workspace, _ control: RunControl
  ) throws -> Committer {
    let seen =
      run.dropsDuplicates
      ? SeenMessages(folder: workspace.layout.seenMessages, readsOld: !run.fromStart) : nil
    let rejected = RejectedLines(
      try workspace.rejected(from: DeadLetterBox.lines), report: run.report)
    return Committer(control, seen: seen, rejected: rejected) {
      try workspace.deadLetters(of: $0)
    }
  }

  private static func position(_ run: HostRun, _ workspace: Workspace) throws -> InputPosition? {
    guard let path = run.inputPath, let input = run.input else { return nil }
    let position = try InputPosition(
      input, note: InputPosition.note(of: path, in: workspace), begins: run.fromStart)
    if position.wasReplaced { run.report(.inputReplaced) }
    if position.start.lines > 0 { run.report(.continued(lines: position.start.lines)) }
    return position
  }
}
