internal import CSandbox
internal import Glibc

/// The worker's side: what runs in the process that loads an adapter.
package enum WorkerMain {
  static let argument = "__adapter-worker"

  /// Becomes a worker when this process was started as one, and then never returns; call it first thing in `main`.
  package static func runIfRequested() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, arguments[1] == argument, let host = Int32(arguments[2]) else {
      return
    }
    restrict(host: host)
    var session = WorkerSession()
    session.run()
    exit(0)
  }

  /// Everything that makes the process smaller, before any byte from outside is read; single-threaded here.
  ///
  /// What depends on the adapter (files, memory, system calls) follows with the host's first message: ``Sandbox``.
  private static func restrict(host: Int32) {
    guard sandbox_close_from(UInt32(WorkerDescriptor.batches) + 1) == 0,
      sandbox_die_with_parent() == 0, ProcessProtection.apply(),
      sandbox_no_new_privileges() == 0
    else { exit(70) }
    // The parent may have died before the signal was asked for.
    guard getppid() == host else { exit(75) }
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT, SIG_IGN)
  }
}
