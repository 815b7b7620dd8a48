internal import CSandbox
internal import Glibc

/// Keeps what a process has in memory, which is plaintext and keys, out of files and other processes.
package enum ProcessProtection {
  /// No core dump, no reading of the memory by the same user's other processes, no crash report; for the whole process.
  ///
  /// Sources: prctl(2), `PR_SET_DUMPABLE`; core(5). False when the kernel refused a step.
  package static func apply() -> Bool {
    // Swift's crash reporter would start a program and print what is in memory, which may be anybody's data.
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT] {
      signal(number, SIG_DFL)
    }
    return sandbox_no_dumps() == 0
  }
}
