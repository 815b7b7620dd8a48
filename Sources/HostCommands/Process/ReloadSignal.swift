import Glibc
import Synchronization

/// `SIGHUP`: the workspace is to be looked at anew.
enum ReloadSignal {
  private static let isAsked = Atomic<Bool>(false)

  static func install() {
    SignalMask.unblock(SIGHUP)
    signal(SIGHUP) { _ in ReloadSignal.isAsked.store(true, ordering: .sequentiallyConsistent) }
  }

  /// Whether one came since this was asked last.
  static func take() -> Bool { isAsked.exchange(false, ordering: .sequentiallyConsistent) }
}
