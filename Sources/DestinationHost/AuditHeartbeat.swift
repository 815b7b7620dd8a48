internal import AuditLog

/// Signs what is new in the audit log once a minute, while it lives; nothing when nothing is new.
final class AuditHeartbeat: Sendable {
  private let thread: RepeatingThread

  /// - Parameter failed: told each time that a checkpoint could not be written.
  init(
    _ log: AuditLog, every pause: Duration = .seconds(60),
    failed: @escaping @Sendable (AuditError) -> Void
  ) {
    thread = RepeatingThread("audit-heartbeat", every: pause) { _ in
      do throws(AuditError) { try log.checkpoint() } catch { failed(error) }
    }
  }

  /// Returns when the thread has; call it once.
  func end() { thread.end() }
}
