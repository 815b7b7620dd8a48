internal import CSandbox
internal import Foundation
internal import Glibc
internal import Synchronization

/// Where the adapter of a trial runs.
protocol TrialPlace: AnyObject {
  var link: HostLink { get }
  var sandbox: SandboxLevel { get }
  var processID: pid_t { get }
  /// Of the socket that calls a call off.
  var cancelNumber: Int32 { get }
  /// Whether a call may take as long as somebody at a debugger does.
  var isPatient: Bool { get }

  func drain(_ observe: (WorkerNotice) -> Void)
  func end()
  func endAfterItsOwn() -> String
}

/// A worker as a destination has it.
final class WorkerPlace: TrialPlace {
  let sandbox: SandboxLevel
  private let process: WorkerProcess

  init(
    _ library: borrowing SealedLibrary, _ folder: AdapterFolder, _ settings: [UInt8],
    _ surroundings: AdapterTrial.Surroundings
  ) throws(LoadError) {
    var configuration = WorkerConfiguration(
      libraryPath: folder.libraryPath, expectedSHA256: library.sha256, manifest: folder.manifest,
      destinationID: "trial", settingsJSON: settings, willLoad: { _ in }, observe: { _ in })
    configuration.sandbox = .bestEffort
    configuration.executablePath = surroundings.executablePath
    configuration.startDeadline = surroundings.startDeadline
    if surroundings.output >= 0 {
      configuration.standardOutput = surroundings.output
      configuration.standardError = surroundings.output
    } else {
      configuration.manifest.permissions.output = []
    }
    process = try WorkerProcess(configuration, library)
    sandbox = try StartingWorker(process, configuration).restrict()
    do throws(HostLink.Failure) {
      try process.link.send(
        .trial, folder.manifestBytes, by: ContinuousClock.now.advanced(by: .seconds(10)))
    } catch {
      throw .refusedByWorker(
        product: folder.manifest.product, reason: "its worker does not answer.")
    }
  }

  var link: HostLink { process.link }
  var processID: pid_t { process.processID }
  var cancelNumber: Int32 { process.cancelNumber }
  var isPatient: Bool { false }

  func drain(_ observe: (WorkerNotice) -> Void) { process.drain(observe) }
  func end() { process.end() }
  func endAfterItsOwn() -> String { process.endAfterItsOwn() }
}

/// A thread of this process that acts as a worker's does, over the same messages; nothing holds the adapter.
final class InProcessPlace: TrialPlace {
  let link: HostLink
  let sandbox = SandboxLevel(
    landlock: 0, seccomp: false, memoryLimit: 0, missing: ["all of it: in this process"])
  private let log: LogReader
  private let cancelEnd: OwnedDescriptor
  /// Above the descriptors that this process has anyhow.
  private static let firstDescriptor: Int32 = 200

  init(
    _ library: borrowing SealedLibrary, _ folder: AdapterFolder
  ) throws(LoadError) {
    let messages = try OwnedDescriptor.pair(SOCK_STREAM)
    let cancel = try OwnedDescriptor.pair(SOCK_STREAM)
    let lines = try OwnedDescriptor.pair(SOCK_SEQPACKET)
    let first = InProcessPlace.firstDescriptor
    let ends = [
      messages.worker.number, library.descriptor, cancel.worker.number, lines.worker.number,
    ]
    for (index, end) in ends.enumerated() {
      guard dup2(end, first + Int32(index)) >= 0 else {
        throw .system(call: "dup2", code: errno)
      }
    }
    WorkerDescriptor.first.store(first, ordering: .releasing)
    link = HostLink(messages.host)
    log = LogReader(lines.host)
    cancelEnd = cancel.host
    let manifest = folder.manifestBytes
    let thread = Thread {
      if var session = TrialSession(manifest: manifest, isFiltered: false) { session.run() }
      close(WorkerDescriptor.messages)
    }
    thread.name = "adapter"
    thread.stackSize = 8 << 20
    thread.start()
  }

  var processID: pid_t { getpid() }
  var cancelNumber: Int32 { cancelEnd.number }
  var isPatient: Bool { true }

  func drain(_ observe: (WorkerNotice) -> Void) { log.drain(observe) }
  func end() {}
  func endAfterItsOwn() -> String { "its thread ended" }
}
