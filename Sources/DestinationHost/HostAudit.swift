internal import AdapterLoading
internal import AuditLog
internal import Cryptography
internal import Eligibility
internal import Workspace

/// The records that a run writes: what was loaded, what was refused, when the host began and ended.
struct HostAudit: Sendable {
  private let log: AuditLog
  private let actor: String
  private let run: String

  init(_ workspace: Workspace) {
    log = workspace.audit
    actor = workspace.actor
    run = SecureRandom.bytes(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }

  func started(
    destinations: [String], topic: String? = nil, _ standing: EligibilityDecision,
    _ replica: Replica? = nil
  ) throws(AuditError) {
    try write(
      .hostStarted, .ok, "host",
      [topic.map { ("topic", $0) } ?? ("destinations", destinations.joined(separator: ","))]
        + (replica?.audited ?? [])
        + (standing.allowed ? [] : [("not_eligible", standing.reason)]))
  }

  /// The workspace became eligible, or is not any more, while the host runs.
  func changed(_ standing: EligibilityDecision) throws(AuditError) {
    try write(
      .workspaceEligibilityChanged, .ok, "workspace",
      [("eligible", "\(standing.allowed)"), ("reason", standing.reason)])
  }

  func stopped(_ summary: RunSummary) throws(AuditError) {
    try write(
      .hostStopped, .ok, "host",
      [
        ("read", "\(summary.read)"), ("accepted", "\(summary.accepted)"),
        ("rejected", "\(summary.rejected)"), ("undelivered", "\(summary.undelivered)"),
      ])
  }

  /// Before an adapter's bytes are mapped anywhere.
  func willLoad(_ record: LoadRecord, for destination: String) throws(AuditError) {
    try write(
      .adapterLoaded, .intent, "worker/\(destination)",
      [
        ("product", record.product), ("version", record.version),
        ("sha256", record.sha256.hex), ("placement", record.placement),
        ("sandbox", "\(record.sandbox)"),
      ])
  }

  func loaded(_ destination: String) throws(AuditError) {
    try write(.adapterLoaded, .ok, "worker/\(destination)", [])
  }

  func notLoaded(_ destination: String, reason: String, wasDenied: Bool) throws(AuditError) {
    try write(
      wasDenied ? .adapterRefused : .adapterLoaded, wasDenied ? .denied : .failed,
      "worker/\(destination)", [("reason", reason)])
  }

  /// A worker that failed was started again, or could not be.
  func restarted(
    _ destination: String, _ outcome: AuditOutcome, reason: String
  ) throws(AuditError) {
    try write(.adapterRestarted, outcome, "worker/\(destination)", [("reason", reason)])
  }

  /// The host connected for an adapter.
  func connected(
    _ destination: String, target: String, isSecure: Bool, times: Int
  ) throws(AuditError) {
    try write(
      .adapterConnected, .ok, "worker/\(destination)",
      [("target", target), ("security", isSecure ? "tls" : "none"), ("times", "\(times)")])
  }

  /// What the adapter did that cost no restart.
  func misbehaved(
    _ destination: String, what: String, times: Int, reason: String? = nil
  ) throws(AuditError) {
    try write(
      .adapterMisbehaved, .ok, "worker/\(destination)",
      [("what", what), ("times", "\(times)")] + (reason.map { [("reason", $0)] } ?? []))
  }

  private func write(
    _ type: AuditEventType, _ outcome: AuditOutcome, _ object: String,
    _ changes: [(String, String)]
  ) throws(AuditError) {
    try log.append(
      AuditEntry(
        actor: actor, type: type, outcome: outcome, requestID: run, object: object,
        changes: changes.map { AuditChange(setting: $0.0, old: "", new: $0.1) }))
  }
}
