internal import Foundation
internal import KafkaClient
internal import Synchronization
internal import Workspace

/// A run without destinations: it takes calls, and is done with them when a topic's brokers are.
///
/// ```
/// listener's thread: read, prove, stamp ─▶ inbox ─▶ intake: check, key by user ─▶ client ─▶ brokers ─▶ answers
/// ```
///
/// It keeps nothing: what is not acknowledged by every replica in sync was promised to nobody.
final class StreamEdge: Sendable {
  /// How often the brokers are asked how they are, while nothing else shows it.
  private static let question = Duration.seconds(5)
  private static let questionMilliseconds: Int32 = 2000

  private let run: HostRun
  private let calls: CallListener
  private let workspace: Workspace
  private let control: RunControl
  private let meter: ProducerMeter
  private let producer: KafkaProducer
  private let isOver = Atomic<Bool>(false)

  /// Throws `KafkaError` when there is no client library, or a setting is not acceptable.
  init(
    to target: StreamTarget, _ calls: CallListener, _ run: HostRun, _ workspace: Workspace
  ) throws(KafkaError) {
    self.run = run
    self.calls = calls
    self.workspace = workspace
    control = RunControl(
      shouldStop: run.shouldStop, report: run.report, monitor: run.monitor)
    meter = ProducerMeter(topic: target.address.topic)
    producer = try KafkaProducer(
      target.address, target.properties, patience: Int(target.patience / .milliseconds(1))
    ) { [report = run.report] in report(.stream(.notice($0))) }
  }

  /// Serves until a stop, then waits, within its deadline, for what is on its way.
  func serve() throws -> RunSummary {
    let subject = HostMonitor.Subject(
      live: nil, producer: meter, control: control, workspace: workspace)
    let watch = run.monitor.watch(subject)
    defer { watch.end() }
    let server = try MonitoringServer(run.monitor, workspace, on: run.metricsAddress) {
      control.report(.damaged($0))
    }
    defer { server.stop() }
    let ids = try MessageIDs(key: workspace.madeMessageIDKey())
    let intake = ProducerIntake(calls.inbox, producer, meter, control, ids)
    meter.note(producer.trouble(milliseconds: Self.questionMilliseconds))
    let threads = [
      HostThread("receipts") { self.tellReceipts() }, HostThread("brokers") { self.askBrokers() },
    ]
    let taking = HostThread("intake") { intake.run() }
    run.monitor.enter(.running)
    run.report(.ready(metrics: server.address))
    let deadline = takeCalls()
    run.monitor.enter(.draining)
    taking.join()
    _ = producer.flush(
      milliseconds: Int32(max(.zero, Moment.now.duration(to: deadline)) / .milliseconds(1)))
    isOver.store(true, ordering: .relaxed)
    threads.forEach { $0.join() }
    try control.throwFailure()
    var summary = run.monitor.summary
    summary.produced = meter.counts
    summary.wasStopped = run.shouldStop()
    return summary
  }
}

// MARK: - Its threads

extension StreamEdge {
  /// Serves until a stop; gives the moment at which that has to be over.
  private func takeCalls() -> Moment {
    var (version, stamp, stopping) = (0, workspace.stamp, Moment.now)
    calls.serve(control) {
      stopping = .now
      control.report(.progress(run.monitor.progress))
      let isAsked = run.shouldReload()
      run.snapshots?.look(isAsked: isAsked, control.report)
      let new = workspace.stamp
      guard isAsked || new != stamp else { return version }
      stamp = new
      do {
        try workspace.reload()
        version += 1
        control.report(.reconfigured)
      } catch {
        // What cannot be read changes nothing: the run goes on as it is.
        control.report(.damaged("\(error)"))
      }
      return version
    }
    return stopping.advanced(by: run.stopDeadline)
  }

  /// The client's callbacks come here.
  private func tellReceipts() {
    while !isOver.load(ordering: .relaxed) { producer.poll(milliseconds: 100) }
  }

  /// An edge that nobody sends to would else not know that its brokers are away, or that they are back.
  private func askBrokers() {
    var next = Moment.now.advanced(by: Self.question)
    while !isOver.load(ordering: .relaxed) {
      Thread.sleep(forTimeInterval: 0.1)
      guard next < .now else { continue }
      if !meter.succeeded(within: Self.question) {
        meter.note(producer.trouble(milliseconds: Self.questionMilliseconds))
      }
      next = Moment.now.advanced(by: Self.question)
    }
  }
}
