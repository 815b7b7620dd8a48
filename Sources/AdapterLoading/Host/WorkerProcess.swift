internal import CSandbox
internal import Foundation
internal import Glibc

/// A worker's process and the host's ends of what connects it; killed and reaped when this goes away.
final class WorkerProcess {
  let link: HostLink
  /// Where the host lays out each batch for the worker.
  let batches: BatchMemory
  private let log: LogReader
  /// What the adapter prints, where it may not write to the host's own streams.
  private let printed: LogReader
  private let cancelEnd: OwnedDescriptor
  let processID: pid_t
  private let handle: OwnedDescriptor
  private var ending: String?
  private let memoryLimit: Int
  /// The host's own largest resident size before the start, in KiB: wait4(2) counts it as the worker's, whose process
  /// was the host's until it became another program.
  private let inheritedResident: Int

  /// Starts the executable with its five descriptors, an empty environment, no standard input, and those of the host's
  /// streams that the manifest names.
  ///
  /// The worker gets SIGKILL when the calling thread ends, not only when the process does (prctl(2), PR_SET_PDEATHSIG).
  init(_ configuration: WorkerConfiguration, _ library: borrowing SealedLibrary) throws(LoadError) {
    let messages = try OwnedDescriptor.pair(SOCK_STREAM)
    let cancel = try OwnedDescriptor.pair(SOCK_STREAM)
    let lines = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let words = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let memory = try BatchMemory.make()
    batches = try BatchMemory(memory)
    // What nobody takes in time is dropped: an adapter that prints is not held up.
    _ = fcntl(words.worker.number, F_SETFL, O_NONBLOCK)
    let granted = configuration.manifest.permissions.output
    processID = try WorkerProcess.spawn(
      configuration.executablePath,
      WorkerEnds(
        messages: try messages.worker.copyAboveWorkers(),
        library: try OwnedDescriptor.copyAboveWorkers(library.descriptor),
        cancel: try cancel.worker.copyAboveWorkers(), log: try lines.worker.copyAboveWorkers(),
        batches: try BatchMemory.reader(of: memory),
        output: try HostStream.end(
          configuration.standardOutput, granted.contains("stdout"), words.worker),
        errors: try HostStream.end(
          configuration.standardError, granted.contains("stderr"), words.worker)))
    let pidfd = sandbox_pidfd(processID)
    handle = OwnedDescriptor(pidfd)
    link = HostLink(messages.host)
    log = LogReader(lines.host)
    printed = LogReader(words.host, isPlain: true)
    cancelEnd = cancel.host
    memoryLimit = configuration.memoryLimit
    inheritedResident = ResidentMemory.most
    guard pidfd >= 0 else {
      // Not reaped yet, so the number is still this process's.
      kill(processID, SIGKILL)
      reap()
      throw .system(call: "pidfd_open", code: errno)
    }
    configuration.brake.hold(process: pidfd, cancelEnd: cancelEnd.number)
  }

  deinit { end() }

  /// Passes on what the adapter said since the last time.
  func drain(_ observe: (WorkerNotice) -> Void) {
    log.drain(observe)
    printed.drain(observe)
  }

  /// Asks the worker's running call to come back.
  func cancel(_ token: UInt64) { WorkerProcess.cancel(token, over: cancelNumber) }

  /// Good as long as this is.
  var cancelNumber: Int32 { cancelEnd.number }

  static func cancel(_ token: UInt64, over descriptor: Int32) {
    var number = token.littleEndian
    _ = unsafe send(
      descriptor, &number, MemoryLayout<UInt64>.size,
      Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  /// Waits until the process has ended by itself; false when it has not by then.
  func waitForEnd(_ limit: Duration) -> Bool {
    var request = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, Int32(min(limit / .milliseconds(1), 1e9))) > 0
  }

  /// Kills the process if it still runs, and reaps it; how it ended.
  @discardableResult
  func end() -> String {
    if let ending { return ending }
    _ = sandbox_signal(handle.number, SIGKILL)
    return reap()
  }

  /// How it ended by itself, or by the kill when it did not do so soon after its socket closed.
  func endAfterItsOwn() -> String {
    _ = waitForEnd(.milliseconds(500))
    return end()
  }
}

// MARK: - Process

extension WorkerProcess {
  @discardableResult
  private func reap() -> String {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(processID, &status, 0, &usage) < 0 && errno == EINTR {}
    let text = WorkerProcess.text(status) + memoryText(usage.ru_maxrss)
    ending = text
    return text
  }

  /// Told when memory is likely to be the reason: the adapter itself only sees that it gets no more.
  private func memoryText(_ mostResident: Int) -> String {
    // ru_maxrss is in KiB, and the limit is on top of what the worker had at first.
    guard memoryLimit > 0, mostResident << 10 >= memoryLimit / 10 * 8,
      mostResident > inheritedResident
    else { return "" }
    return
      ", with \(mostResident >> 10) MiB of memory in use; the limit is \(memoryLimit >> 20) MiB"
  }

  /// What ``end()`` says of a process that came to its end by itself.
  static let orderlyEnd = "exit code 0"

  private static func text(_ status: Int32) -> String {
    let number = status & 0x7F
    if number == 0 { return "exit code \(status >> 8 & 0xFF)" }
    let name = unsafe String(cString: strsignal(number))
    guard number == SIGSYS else { return "signal \(number), \(name)" }
    return "signal \(number), \(name): it made a system call that its sandbox forbids"
  }

  private static func spawn(
    _ executable: String, _ ends: consuming WorkerEnds
  ) throws(LoadError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    // Standard input may be the very file of events that the host reads: it stays in the host.
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    for (source, target) in ends.numbers {
      unsafe posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    let arguments = ["sealpost", WorkerMain.argument, "\(getpid())"]
    var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var environment: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
    var process: pid_t = 0
    let code = unsafe posix_spawn(&process, executable, &actions, nil, &pointers, &environment)
    guard code == 0 else { throw .system(call: "posix_spawn of \(executable)", code: code) }
    return process
  }
}

/// The worker's ends, open in the host until the worker has its own copies.
private struct WorkerEnds: ~Copyable {
  let messages: OwnedDescriptor
  let library: OwnedDescriptor
  let cancel: OwnedDescriptor
  let log: OwnedDescriptor
  let batches: OwnedDescriptor
  let output: OwnedDescriptor
  let errors: OwnedDescriptor

  /// Each with the number that it gets in the worker.
  var numbers: [(Int32, Int32)] {
    [
      (messages.number, WorkerDescriptor.messages), (library.number, WorkerDescriptor.library),
      (cancel.number, WorkerDescriptor.cancel), (log.number, WorkerDescriptor.log),
      (batches.number, WorkerDescriptor.batches), (output.number, STDOUT_FILENO),
      (errors.number, STDERR_FILENO),
    ]
  }
}
