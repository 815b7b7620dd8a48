internal import Glibc

/// Which signals reach this process.
enum SignalMask {
  /// A parent may have started this process with the signal blocked.
  static func unblock(_ number: Int32) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
