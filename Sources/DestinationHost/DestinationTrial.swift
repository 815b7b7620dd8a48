package import AdapterLoading
internal import AuditLog
internal import DeliveryQueue
internal import EventJSON
internal import FieldEncryption
internal import Synchronization
package import Workspace

/// Sends one synthetic event through a destination's adapter, as a run would, and keeps what went over the wire.
///
/// The event is marked, and goes past the queue and the filters. It is sealed as any other.
package enum DestinationTrial {
  /// A request of the adapter's, as it asked for it: marks stand where the host puts secrets in.
  package struct Exchange: Sendable {
    package let call: HTTPCall
    package let answer: HTTPAnswer
    package let duration: Duration
  }

  /// What came of it.
  package struct Result: Sendable {
    /// The event as the destination gets it; nil when it could not be sealed.
    package let event: String?
    package let exchanges: [Exchange]
    package let connectionUses: [ConnectionUse]
    /// What the adapter says of the event; nil when it did not come to that, for the reason beside it.
    package let result: EventResult?
    package let problem: String?
    /// Values to be covered wherever they appear.
    package let secrets: [[UInt8]]

    /// Whether the destination has the event.
    package var isDelivered: Bool { result?.outcome == .delivered || result?.outcome == .duplicate }
  }

  /// Runs the trial between two records of the audit log; works for a destination that is not enabled, too.
  ///
  /// Throws `WorkspaceError` or `AuditError` when the trial cannot be recorded.
  package static func run(
    _ destination: Destination, kind: String, in workspace: Workspace
  ) throws -> Result {
    let object = ConfigurationObject.destination(destination.id)
    let event = SyntheticEvent(kind: kind, keys: destination.encryption.fields)
    let id = [AuditChange(setting: "message_id", old: "", new: event.messageID)]
    try workspace.record(.destinationTested, object: object, outcome: .intent, changes: id)
    let result = try attempt(destination, event, workspace)
    try workspace.record(
      .destinationTested, object: object, outcome: result.isDelivered ? .ok : .failed,
      changes: id + [
        AuditChange(setting: "requests", old: "", new: "\(result.exchanges.count)"),
        AuditChange(
          setting: "outcome", old: "", new: result.result.map { "\($0.outcome)" } ?? "not started"),
      ])
    return result
  }

  private struct Seen {
    var exchanges: [Exchange] = []
    var uses: [ConnectionUse] = []
    var problem: String?
  }

  private static func attempt(
    _ destination: Destination, _ event: SyntheticEvent, _ workspace: Workspace
  ) throws -> Result {
    let seen = Mutex<Seen>(Seen())
    let secrets = try workspace.secrets(of: destination).values.filter { !$0.isEmpty }
    var run = HostRun(input: nil)
    run.report = { report in
      switch report {
      case .refused(_, let reason): seen.withLock { $0.problem = reason }
      case .worker(_, .restarted(let reason, _)): seen.withLock { $0.problem = reason }
      default: break
      }
    }
    var starter = DestinationStarter(workspace: workspace, audit: HostAudit(workspace), run: run)
    starter.didAnswer = { exchange in seen.withLock { $0.exchanges.append(exchange) } }
    starter.didUse = { use in seen.withLock { $0.uses.append(use) } }
    let started = try starter.start(destination)
    defer { started.worker?.stop() }
    var sealed: [UInt8]?
    var results: [EventResult] = []
    var problem: String?
    if let worker = started.worker {
      (sealed, problem) = try seal(
        event, try starter.plan(destination, from: nil, started.description))
      if let sealed { (results, problem) = deliver(sealed, event, to: worker) }
    }
    let found = seen.withLock { $0 }
    return Result(
      event: sealed.map { String(decoding: $0, as: UTF8.self) }, exchanges: found.exchanges,
      connectionUses: found.uses, result: results.first,
      problem: problem ?? (results.isEmpty ? found.problem : nil),
      secrets: Array(secrets))
  }

  /// The event as the destination gets it, or why it gets none.
  private static func seal(
    _ event: SyntheticEvent, _ plan: DestinationPlan
  ) throws -> ([UInt8]?, String?) {
    let selection = FieldSelection([plan.actions])
    var scanner = EventScanner(selecting: selection.keys)
    let bytes = event.json
    if let rejection = unsafe scanner.scan(bytes.span.bytes) { return (nil, "\(rejection)") }
    var sealer = try DestinationSealer(plan, selection.actions(of: 0), keepsEvents: false)
    let outgoing = OutgoingBlock()
    sealer.take(outgoing, bytes: bytes.count, events: 1)
    unsafe sealer.append(
      bytes.span.bytes, scanner.shape, scanner.matches, number: 0, user: 0,
      receivedUnixNanoseconds: event.unixNanoseconds)
    sealer.give(outgoing)
    guard let queued = outgoing.events.events.first else {
      return (
        nil,
        outgoing.unsealable.first?.detail
          ?? "its adapter serves no events of this kind. Try another."
      )
    }
    return (Array(outgoing.events.bytes[queued.offset..<queued.offset + queued.length]), nil)
  }

  private static func deliver(
    _ json: [UInt8], _ event: SyntheticEvent, to worker: SupervisedWorker
  ) -> ([EventResult], String?) {
    var results: [EventResult] = []
    do throws(WorkerFailure) {
      try worker.deliver(event.batch(json), into: &results)
      return (results, nil)
    } catch {
      return ([], "\(error)")
    }
  }
}
