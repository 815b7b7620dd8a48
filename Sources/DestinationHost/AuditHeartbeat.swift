internal import AuditLog
internal import Foundation

/// Signs what is new in the audit log once a minute, while it lives; nothing when nothing is new.
final class AuditHeartbeat: Sendable {
  private let stop = DispatchSemaphore(value: 0)
  private let thread: HostThread

  /// - Parameter failed: told each time that a checkpoint could not be written.
  init(
    _ log: AuditLog, every pause: Duration = .seconds(60),
    failed: @escaping @Sendable (AuditError) -> Void
  ) {
    let seconds = pause / .seconds(1)
    thread = HostThread("audit-heartbeat") { [stop] in
      while stop.wait(timeout: .now() + seconds) == .timedOut {
        do throws(AuditError) { try log.checkpoint() } catch { failed(error) }
      }
    }
  }

  /// Returns when the thread has; call it once.
  func end() {
    stop.signal()
    thread.join()
  }
}
