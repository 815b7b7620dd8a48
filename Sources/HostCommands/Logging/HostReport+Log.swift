internal import AdapterLoading
internal import DeliveryQueue
internal import DestinationHost
internal import Eligibility
internal import EventJSON
internal import Privacy

extension HostReport {
  /// As a line of the log; nil for what is shown as progress alone.
  var logEntry: LogEntry? {
    switch self {
    case .progress, .draining, .alive: nil
    case .rejected(let rejection): Self.entry(rejection)
    case .likelyPersonalData(let warning): Self.entry(warning)
    case .worker(let id, let notice): notice.logEntry(of: id)
    case .eligibility(let decision): Self.entry(decision)
    case .damaged(let text): LogEntry(.warning, "document_damaged", text)
    case .auditFailed(let text): LogEntry(.warning, "audit_failed", text)
    case .stream(let report): report.logEntry
    case .snapshot(let report): report.logEntry
    case .ready(let address?):
      LogEntry(
        .info, "ready", "Health, readiness and metrics on \(address)",
        ["metrics": .string(address)])
    case .ready(nil): LogEntry(.debug, "ready", "The host takes events")
    case .reconfigured:
      LogEntry(.info, "reconfigured", "The workspace changed; the run goes on with it")
    case .continued(let lines):
      LogEntry(
        .info, "input_continued",
        "This file was read before: going on after line \(Count.grouped(lines)) "
          + "(--from start begins again)", ["lines": .integer(lines)])
    case .inputReplaced:
      LogEntry(
        .info, "input_replaced",
        "This is another file than the last one of its name: reading it from its start")
    case .listening(let addresses, let isSecure): Self.entry(addresses, isSecure)
    case .listenerTrouble(let text): LogEntry(.warning, "listener", text)
    case .certificateReloaded:
      LogEntry(.info, "certificate_reloaded", "The certificate was read again")
    default: destinationEntry
    }
  }

  private static func entry(_ addresses: [String], _ isSecure: Bool) -> LogEntry {
    let text = addresses.map {
      $0.hasPrefix("unix:") ? $0 : (isSecure ? "https://" : "http://") + $0
    }.joined(separator: ", ")
    return LogEntry(
      .info, "listening", "Listening on \(text)", ["addresses": .string(text)])
  }

  private var destinationEntry: LogEntry? {
    switch self {
    case .started(let id, let adapter):
      LogEntry(
        .info, "destination_started", of: id, "\(adapter.displayName) \(adapter.version) started",
        ["product": .string(adapter.product), "version": .string(adapter.version)])
    case .refused(let id, let reason): Self.failure("destination_refused", id, reason)
    case .quarantined(let id):
      Self.failure(
        "destination_quarantined", id,
        "quarantined. When the adapter is mended: sealpost destination reconcile \(id)")
    case .gaveUp(let id, let reason):
      Self.failure("destination_stopped", id, "nothing more is sent: \(reason)")
    case .paused(let id, let reason):
      LogEntry(.warning, "destination_paused", of: id, "paused, its events wait: \(reason)")
    default: deliveryEntry
    }
  }

  private var deliveryEntry: LogEntry? {
    switch self {
    case .retrying(let id, let events, let delay, let why):
      LogEntry(
        .info, "delivery_retried", of: id,
        "\(Count.of(events, "event")) again in \(delay.inTenths) s\(Self.because(why))",
        [
          "events": .integer(events), "after_seconds": .number(delay / .seconds(1)),
          "reason": .string(why),
        ])
    case .breaker(let id, isOpen: true, let why):
      LogEntry(
        .warning, "breaker_opened", of: id,
        "it fails again and again\(Self.because(why)); it is only probed until it takes events",
        ["reason": .string(why)])
    case .breaker(let id, isOpen: false, _):
      LogEntry(.warning, "breaker_closed", of: id, "it takes events again")
    case .queueTrouble(let id, let text):
      LogEntry(.warning, "queue_not_taking", of: id, "the source waits: \(text)")
    case .queueDamaged(let id, let damage):
      LogEntry(.warning, "queue_damaged", of: id, "queue: \(damage)")
    default: nil
    }
  }

  private static func because(_ why: String) -> String { why.isEmpty ? "" : ": \(why)" }

  private static func failure(_ name: String, _ id: String, _ reason: String) -> LogEntry {
    LogEntry(
      .error, name, "destination \"\(id)\": \(reason)", ["destination": .string(id)])
  }

  private static func entry(_ decision: EligibilityDecision) -> LogEntry {
    guard !decision.allowed else {
      return LogEntry(
        .info, "eligible", "This workspace is eligible now: nothing is withheld for that reason")
    }
    return LogEntry(
      .warning, "not_eligible",
      "\(decision.reason). Fields classified red or yellow are left out wherever they would go in "
        + "clear. See: \(decision.mend)")
  }

  private static func entry(_ rejection: Rejection) -> LogEntry {
    LogEntry(
      .warning, "line_rejected",
      (rejection.file.map { "\(Printable.short($0)): " } ?? "")
        + "line \(rejection.line) rejected: \(rejection.reason)",
      [
        "line": .integer(rejection.line), "reason": .string(rejection.reason.code),
        "file": .optional(rejection.file),
      ])
  }

  private static func entry(_ warning: ClearWarning) -> LogEntry {
    let found = warning.finding.means == .similar ? "its key is like" : "a value of it is like"
    return LogEntry(
      .warning, "likely_personal_data", of: warning.destination,
      "\(Printable.text(warning.path)) goes there in clear, and \(found) matcher "
        + "\"\(Printable.text(warning.finding.matcher))\". Classify it: sealpost inbox list",
      ["path": .string(warning.path), "matcher": .string(warning.finding.matcher)])
  }
}

extension WorkerNotice {
  fileprivate func logEntry(of id: String) -> LogEntry {
    switch self {
    case .restarted(let reason, let count):
      LogEntry(
        .warning, "worker_restarted", of: id, "worker started again (\(count)): \(reason)",
        ["restarts": .integer(count)])
    case .startFailed(let reason, let delay):
      LogEntry(
        .warning, "worker_not_started", of: id,
        "worker not started, again in \(delay.inTenths) s: \(reason)")
    case .poisonEvent:
      LogEntry(
        .warning, "event_set_aside", of: id, "the adapter fails on one event; it is set aside")
    case .failed(let call, let reason):
      LogEntry(
        .warning, "adapter_call_failed", of: id, "\(call) failed: \(reason)",
        ["call": .string(call)])
    case .noOutcome(let events):
      LogEntry(
        .warning, "adapter_outcome_missing", of: id,
        "the adapter gave no outcome for \(Count.of(events, "event"))",
        ["events": .integer(events)])
    case .connected(let target, let isSecure):
      LogEntry(
        .debug, "adapter_connected", of: id,
        "connected to \(target)\(isSecure ? "" : " without TLS")",
        ["target": .string(target), "tls": .bool(isSecure)])
    case .connectionRefused(let reason):
      LogEntry(
        .warning, "connection_refused", of: id, "the adapter asked for a connection: \(reason)")
    // What an adapter says on its own account is told at once only when it matters.
    case .log(let level, let text):
      LogEntry(level >= 3 ? .warning : .debug, "adapter_log", of: id, text)
    case .logDropped(let lines):
      LogEntry(
        .warning, "adapter_log_dropped", of: id, "\(Count.of(lines, "log line")) dropped",
        ["lines": .integer(lines)])
    }
  }
}

extension Duration {
  /// Seconds with one digit behind the point.
  fileprivate var inTenths: String {
    "\(components.seconds).\(components.attoseconds / 100_000_000_000_000_000)"
  }
}
