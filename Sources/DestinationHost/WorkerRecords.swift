internal import AdapterLoading
internal import AuditLog
internal import Synchronization

/// Writes into the audit log what one destination's adapter does; any thread.
///
/// A restart is written each time: its backoff limits them. Anything else is written the first, tenth, hundredth …
/// time with how often it was, so that no adapter fills the log.
final class WorkerRecords: Sendable {
  private let audit: HostAudit
  private let destination: String
  private let counts = Mutex<[String: Int]>([:])

  init(_ audit: HostAudit, _ destination: String) {
    self.audit = audit
    self.destination = destination
  }

  func write(_ notice: WorkerNotice) throws(AuditError) {
    switch notice {
    case .restarted(let reason, _): try audit.restarted(destination, .ok, reason: reason)
    case .startFailed(let reason, _): try audit.restarted(destination, .failed, reason: reason)
    case .poisonEvent: try count("poison_event", 1)
    case .failed(let call, let reason):
      try audit.misbehaved(destination, what: "\(call)_failed", times: 1, reason: reason)
    case .noOutcome(let events): try count("no_outcome", events)
    case .logDropped(let lines): try count("log_flood", lines)
    case .connectionRefused(let reason):
      try count("connection_refused", 1, reason: reason)
    case .connected(let target, let isSecure): try countConnection(target, isSecure)
    case .log: break
    }
  }

  private func countConnection(_ target: String, _ isSecure: Bool) throws(AuditError) {
    guard let times = newlyDue("connected \(target) \(isSecure)", 1) else { return }
    try audit.connected(destination, target: target, isSecure: isSecure, times: times)
  }

  private func count(
    _ what: String, _ times: Int, reason: String? = nil
  ) throws(AuditError) {
    guard let times = newlyDue(what, times) else { return }
    try audit.misbehaved(destination, what: what, times: times, reason: reason)
  }

  /// How often it was so far, when that is to be written; nil when it is not.
  private func newlyDue(_ what: String, _ times: Int) -> Int? {
    let (before, now) = counts.withLock { counts in
      let before = counts[what, default: 0]
      counts[what] = before + times
      return (before, before + times)
    }
    return digits(now) > digits(before) ? now : nil
  }

  private func digits(_ number: Int) -> Int { number == 0 ? 0 : "\(number)".count }
}
