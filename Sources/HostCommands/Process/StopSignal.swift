import Glibc
import Synchronization

/// Ctrl-C: the first asks for a graceful stop, the second ends the process at once.
enum StopSignal {
  /// How often a stop was asked for; read by the handler, so a lock-free integer.
  private static let asked = Atomic<Int>(0)

  /// Takes SIGINT and SIGTERM over.
  static func install() {
    asked.store(0, ordering: .sequentiallyConsistent)
    for number in [SIGINT, SIGTERM] {
      SignalMask.unblock(number)
      signal(number) { number in
        if StopSignal.asked.add(1, ordering: .sequentiallyConsistent).oldValue > 0 {
          _exit(128 + number)
        }
      }
    }
  }

  static var isAsked: Bool { asked.load(ordering: .sequentiallyConsistent) > 0 }
}
