internal import Glibc
internal import Cryptography

/// One worker from its start to its end; used by one thread.
///
/// Every failure leaves the worker dead and reaped. ``SupervisedWorker`` starts the next one.
final class AdapterWorker {
  let description: AdapterDescription
  let sandbox: SandboxLevel
  private let process: WorkerProcess
  private let configuration: WorkerConfiguration
  var processID: Int32 { process.processID }
  private let connections: (any WorkerConnections)?
  private var payload: [UInt8] = []
  private var token: UInt64 = 0

  /// Checks the library, tells the audit, starts the process, and takes the adapter up to where it can deliver.
  init(_ configuration: WorkerConfiguration) throws(LoadError) {
    self.configuration = configuration
    connections = configuration.connections?()
    let path = configuration.libraryPath
    let library = try SealedLibrary(path: path)
    try library.check(against: configuration.expectedSHA256, path: path)
    try library.check(configuration.rules, path: path)
    try library.checkNote(against: configuration.manifest, path: path)
    try configuration.checkSettings()
    process = try WorkerProcess(configuration, library)
    let starting = StartingWorker(process, configuration, connections)
    sandbox = try starting.restrict()
    try AdapterWorker.tell(configuration, sandbox)
    description = try starting.load(library)
    try configuration.checkSettings(against: description)
    try starting.configure()
    try starting.start()
    process.drain(configuration.observe)
  }

  // Whatever became of the worker, nothing of it stays connected.
  deinit { connections?.end() }

  private var answering: ServiceAnswering {
    ServiceAnswering(link: process.link, send: configuration.http, connections: connections)
  }

  private static func tell(
    _ configuration: WorkerConfiguration, _ sandbox: SandboxLevel
  ) throws(LoadError) {
    let record = LoadRecord(
      product: configuration.manifest.product, version: configuration.manifest.version,
      sha256: configuration.expectedSHA256, placement: "worker",
      sandbox: sandbox)
    do {
      try configuration.willLoad(record)
    } catch let refusal as LoadError {
      throw refusal
    } catch {
      throw .notAudited("\(error)")
    }
  }
}

// MARK: - Calls

extension AdapterWorker {
  /// Delivers the selected events; `results` has one for each when this returns.
  func deliver(_ batch: OutgoingBatch, into results: inout [EventResult]) throws(WorkerFailure) {
    // No call is under way, so nobody reads what the last batch left there.
    guard let byteCount = process.batches.lay(out: batch) else { throw .badBatch }
    token += 1
    let limit = configuration.deliverDeadline
    let count = batch.selection.count
    let message = DeliverMessage(
      batchID: batch.batchID, token: token, timeout: limit.nanoseconds, count: count,
      byteCount: byteCount)
    try call(token, limit: limit) { deadline throws(HostLink.Failure) in
      try process.link.send(.deliver, message.bytes, by: deadline)
    } receive: { deadline throws(HostLink.Failure) in
      _ = try answering.receive(
        .results, into: &payload, longest: 16 + count * (20 + ResultsMessage.longestDetail),
        by: deadline)
    }
    if let lie = ResultsMessage.read(payload, token: token, count: count, into: &results) {
      process.end()
      throw .lied(lie)
    }
    process.batches.giveBack()
    let silent = results.count { $0.outcome == .unset }
    if silent > 0 { configuration.observe(.noOutcome(events: silent)) }
  }

  /// Asks the adapter to make durable what it has.
  ///
  /// A refusal of the adapter's is not a failure of the worker: the text says it.
  func flush() throws(WorkerFailure) -> String? {
    var writer = WireWriter()
    writer.number(configuration.deliverDeadline.nanoseconds)
    let message = writer.bytes
    // 0 is every running call: a flush has no token.
    try call(0, limit: configuration.deliverDeadline) { deadline throws(HostLink.Failure) in
      try process.link.send(.flush, message, by: deadline)
    } receive: { deadline throws(HostLink.Failure) in
      _ = try answering.receive(.status, into: &payload, longest: 2048, by: deadline)
    }
    guard let status = WorkerStatus(payload) else {
      process.end()
      throw .lied("its answer to flush is malformed")
    }
    return status.code == 0 ? nil : status.problem
  }

  /// Stops the adapter; kills it when that takes too long.
  ///
  /// How it failed to come to its end; nil when it did.
  func stop() -> String? {
    var writer = WireWriter()
    writer.number(configuration.stopDeadline.nanoseconds)
    let deadline = ContinuousClock.now.advanced(by: configuration.stopDeadline)
    var hasEnded = false
    do throws(HostLink.Failure) {
      try process.link.send(.stop, writer.bytes, by: deadline)
      // Nothing is answered but the requests in between, so this ends when the worker does.
      _ = try answering.receive(into: &payload, longest: 0, by: deadline)
    } catch {
      hasEnded = process.waitForEnd(error == .closed ? configuration.stopDeadline : .zero)
    }
    process.drain(configuration.observe)
    let how = process.end()
    if hasEnded { return how == WorkerProcess.orderlyEnd ? nil : "its process ended: \(how)" }
    return "\(WorkerFailure.hung(after: configuration.stopDeadline))"
  }

  /// Sends, waits for the answer, and after the limit asks the call to come back before the process is killed.
  private func call(
    _ token: UInt64, limit: Duration,
    send: (ContinuousClock.Instant) throws(HostLink.Failure) -> Void,
    receive: (ContinuousClock.Instant) throws(HostLink.Failure) -> Void
  ) throws(WorkerFailure) {
    defer { process.drain(configuration.observe) }
    let start = ContinuousClock.now
    let deadline = start.advanced(by: limit)
    do throws(HostLink.Failure) {
      try send(deadline)
      do throws(HostLink.Failure) {
        try receive(deadline)
      } catch  where error == .timedOut {
        process.cancel(token)
        try receive(deadline.advanced(by: configuration.grace))
      }
    } catch {
      throw failure(error, start)
    }
  }

  private func failure(
    _ failure: HostLink.Failure, _ start: ContinuousClock.Instant
  ) -> WorkerFailure {
    switch failure {
    case .closed: return .ended(process.endAfterItsOwn())
    case .timedOut:
      process.end()
      return .hung(after: start.duration(to: .now))
    case .malformed(let text):
      process.end()
      return .lied(text)
    }
  }
}

extension Duration {
  var nanoseconds: UInt64 {
    UInt64(clamping: components.seconds) &* 1_000_000_000
      &+ UInt64(clamping: components.attoseconds / 1_000_000_000)
  }
}

/// The answer to a step: a code of the header's (`DESTINATION_OK` …) and a sentence.
struct WorkerStatus: Equatable {
  let code: Int32
  let problem: String

  init?(_ payload: [UInt8]) {
    var reader = WireReader(payload)
    guard let code = reader.number(Int32.self), let problem = reader.text(longest: 2048),
      reader.isAtEnd
    else { return nil }
    self.code = code
    self.problem = problem.withoutControls
  }
}
