internal import Cryptography
internal import Foundation
internal import Glibc

/// An adapter in a worker of its own, called step by step, for its author: nothing of a workspace is needed.
///
/// Every call blocks up to its limit. A step that fails leaves the worker dead.
package final class AdapterTrial {
  /// How the worker is held, and what it is given beside the adapter.
  package struct Surroundings: Sendable {
    /// What becomes of the requests that the adapter asks for; on the thread of the step.
    package var http:
      (@Sendable (HTTPCall, ContinuousClock.Instant, AdapterTrial.Cancel) -> HTTPAnswer)?
    /// A file that takes what the adapter prints where it has the permission `output`; -1 for none.
    package var output: Int32 = -1
    /// The program that becomes the worker.
    package var executablePath = "/proc/self/exe"
    package var startDeadline = Duration.seconds(10)

    package init() {}
  }

  /// Calls a running call off.
  package struct Cancel: Sendable {
    private let end: Int32

    init(_ process: WorkerProcess) { end = process.cancelNumber }

    /// For a token that does not run nothing happens.
    package func callAsFunction(_ token: UInt64) { WorkerProcess.cancel(token, over: end) }
  }

  /// What really holds the worker.
  package let sandbox: SandboxLevel
  private let process: WorkerProcess
  private let answering: HTTPAnswering
  private var payload: [UInt8] = []
  /// What the adapter logged, and what it printed without the permission to.
  package private(set) var lines: [String] = []

  /// Starts the worker and holds it to its sandbox; no byte of the adapter runs before the step `open`.
  ///
  /// `settings` say which files the manifest's permissions mean.
  package init(
    _ folder: AdapterFolder, settings: [UInt8], _ surroundings: Surroundings
  ) throws(LoadError) {
    let library = try SealedLibrary(path: folder.libraryPath)
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
    let process = try WorkerProcess(configuration, library)
    self.process = process
    sandbox = try StartingWorker(process, configuration).restrict()
    let cancel = Cancel(process)
    let http = surroundings.http
    answering = HTTPAnswering(link: process.link) { call, deadline, _ in
      http?(call, deadline, cancel) ?? .failure(.refused, "nobody sends requests here.")
    }
    do throws(HostLink.Failure) {
      try process.link.send(
        .trial, folder.manifestBytes, by: ContinuousClock.now.advanced(by: .seconds(10)))
    } catch {
      throw .refusedByWorker(
        product: folder.manifest.product, reason: "its worker does not answer.")
    }
  }

  /// Makes one call; throws when it does not come back within the limit, and then the worker is gone.
  package func run(
    _ step: TrialStep, instance: Int = 0, hasOwnThread: Bool = false, within limit: Duration
  ) throws(TrialFailure) -> TrialAnswer {
    defer { drain() }
    let request = TrialRequest(step: step, instance: instance, hasOwnThread: hasOwnThread)
    guard let message = try? JSONEncoder().encode(request) else {
      throw .lied("the step cannot be written")
    }
    let deadline = ContinuousClock.now.advanced(by: limit)
    do throws(HostLink.Failure) {
      try process.link.send(.trialStep, Array(message), by: deadline)
      _ = try answering.receive(
        .trialAnswer, into: &payload, longest: 64 << 20, by: deadline)
    } catch {
      throw failure(error, limit)
    }
    guard let answer = try? JSONDecoder().decode(TrialAnswer.self, from: Data(payload)) else {
      process.end()
      throw .lied("it answered nonsense over its worker's socket")
    }
    return answer
  }

  /// Calls the call of that token off while another thread waits for it.
  package var cancel: Cancel { Cancel(process) }

  /// Ends the worker at once, as a crash of the machine would.
  package func kill() {
    process.end()
    drain()
  }

  private func failure(_ failure: HostLink.Failure, _ limit: Duration) -> TrialFailure {
    switch failure {
    case .closed: return .crashed(process.endAfterItsOwn())
    case .timedOut:
      process.end()
      return .hung(after: limit)
    case .malformed(let text):
      process.end()
      return .lied(text)
    }
  }

  private func drain() {
    process.drain { notice in
      if case .log(_, let text) = notice { lines.append(text) }
    }
  }
}

// MARK: - Measuring

extension AdapterTrial {
  /// Resident memory in KiB, and threads, as the kernel tells; nil once the process is gone.
  package var usage: (residentKiB: Int, threads: Int)? {
    guard
      let text = try? String(
        contentsOfFile: "/proc/\(process.processID)/status", encoding: .utf8)
    else { return nil }
    let number = { (key: String) -> Int? in
      text.split(separator: "\n").first { $0.hasPrefix(key) }.flatMap { line in
        Int(line.drop { !$0.isNumber }.prefix { $0.isNumber })
      }
    }
    guard let resident = number("VmRSS:"), let threads = number("Threads:") else { return nil }
    return (resident, threads)
  }
}
