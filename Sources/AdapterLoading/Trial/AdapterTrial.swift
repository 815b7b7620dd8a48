internal import Cryptography
internal import Foundation
internal import Glibc
internal import Synchronization

/// An adapter called step by step, for its author: in a worker of its own, or in this process for a debugger.
///
/// Nothing of a workspace is needed. Every call blocks up to its limit; a step that fails leaves the worker dead.
package final class AdapterTrial {
  /// How the adapter is held, and what it is given.
  package struct Surroundings: Sendable {
    /// What becomes of the requests that the adapter asks for; on the thread of the step.
    package var http:
      (@Sendable (HTTPCall, ContinuousClock.Instant, AdapterTrial.Cancel) -> HTTPAnswer)?
    /// What becomes of the connections that the adapter asks for, likewise.
    package var connection:
      (
        @Sendable (ConnectionCall, ContinuousClock.Instant, AdapterTrial.Cancel) -> ConnectionAnswer
      )?
    /// A file that takes what the adapter prints where it has the permission `output`; -1 for none.
    package var output: Int32 = -1
    /// The program that becomes the worker.
    package var executablePath = "/proc/self/exe"
    package var startDeadline = Duration.seconds(10)
    /// In this process, without a sandbox and without limits: for a debugger.
    ///
    /// Only one in the life of a process.
    package var isInProcess = false

    package init() {}
  }

  /// Calls a running call off.
  package struct Cancel: Sendable {
    private let end: Int32

    init(over descriptor: Int32) { end = descriptor }

    /// For a token that does not run nothing happens.
    package func callAsFunction(_ token: UInt64) { WorkerProcess.cancel(token, over: end) }
  }

  /// What really holds the adapter.
  package let sandbox: SandboxLevel
  private let place: any TrialPlace
  private let answering: ServiceAnswering
  private let limits = RequestLimit()
  private var payload: [UInt8] = []
  /// What the adapter logged, and what it printed without the permission to.
  package private(set) var lines: [String] = []

  /// Makes the place and holds it to its sandbox; no byte of the adapter runs before the step `open`.
  ///
  /// `settings` say which files the manifest's permissions mean.
  package init(
    _ folder: AdapterFolder, settings: [UInt8], _ surroundings: Surroundings
  ) throws(LoadError) {
    let library = try SealedLibrary(path: folder.libraryPath)
    place =
      surroundings.isInProcess
      ? try InProcessPlace(library, folder)
      : try WorkerPlace(library, folder, settings, surroundings)
    sandbox = place.sandbox
    let cancel = Cancel(over: place.cancelNumber)
    let http = surroundings.http
    let limits = limits
    let connections = surroundings.connection.map { answer in
      TrialConnections { answer($0, limits.sooner($1), cancel) }
    }
    answering = ServiceAnswering(
      link: place.link,
      send: { call, deadline, _ in
        http?(call, limits.sooner(deadline), cancel)
          ?? .failure(.refused, "nobody sends requests here.")
      }, connections: connections)
  }

  /// Makes one call; throws when it does not come back within the limit, and then the worker is gone.
  ///
  /// A request of the call ends with the call's own deadline at the latest, as in a host.
  package func run(
    _ step: TrialStep, instance: Int = 0, hasOwnThread: Bool = false, within limit: Duration
  ) throws(TrialFailure) -> TrialAnswer {
    defer { drain() }
    let request = TrialRequest(step: step, instance: instance, hasOwnThread: hasOwnThread)
    guard let message = try? JSONEncoder().encode(request) else {
      throw .lied("the step cannot be written")
    }
    let limit = place.isPatient ? Duration.seconds(86_400) : limit
    let deadline = ContinuousClock.now.advanced(by: limit)
    limits.set(step.deadline)
    do throws(HostLink.Failure) {
      try place.link.send(.trialStep, Array(message), by: deadline)
      _ = try answering.receive(.trialAnswer, into: &payload, longest: 64 << 20, by: deadline)
    } catch {
      throw failure(error, limit)
    }
    guard let answer = try? JSONDecoder().decode(TrialAnswer.self, from: Data(payload)) else {
      place.end()
      throw .lied("it answered nonsense over its worker's socket")
    }
    return answer
  }

  /// Ends the worker at once, as a crash of the machine would.
  package func kill() {
    place.end()
    drain()
  }

  private func failure(_ failure: HostLink.Failure, _ limit: Duration) -> TrialFailure {
    switch failure {
    case .closed: return .crashed(place.endAfterItsOwn())
    case .timedOut:
      place.end()
      return .hung(after: limit)
    case .malformed(let text):
      place.end()
      return .lied(text)
    }
  }

  private func drain() {
    place.drain { notice in
      if case .log(_, let text) = notice { lines.append(text) }
    }
  }
}

// MARK: - Measuring

extension AdapterTrial {
  /// Resident memory in KiB, and threads, as the kernel tells; nil once the process is gone.
  package var usage: (residentKiB: Int, threads: Int)? {
    guard
      let text = try? String(contentsOfFile: "/proc/\(place.processID)/status", encoding: .utf8)
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

extension TrialStep {
  /// How long the call itself may take, in milliseconds; nil for no limit of its own.
  fileprivate var deadline: UInt64? {
    let limit: UInt64
    switch self {
    case .deliver(let batch): limit = batch.deadline
    case .flush(let deadline), .stop(let deadline): limit = deadline
    default: limit = 0
    }
    return limit == 0 ? nil : limit
  }
}

/// The connections of a trial, which its author makes up.
private final class TrialConnections: WorkerConnections {
  private let ask: @Sendable (ConnectionCall, ContinuousClock.Instant) -> ConnectionAnswer

  init(_ ask: @escaping @Sendable (ConnectionCall, ContinuousClock.Instant) -> ConnectionAnswer) {
    self.ask = ask
  }

  func answer(
    _ call: ConnectionCall, by deadline: ContinuousClock.Instant, worker: Int32
  ) -> ConnectionAnswer { ask(call, deadline) }

  func end() {}
}

/// When the running call's requests have to be over.
private final class RequestLimit: Sendable {
  private let moment = Mutex<ContinuousClock.Instant?>(nil)

  func set(_ milliseconds: UInt64?) {
    moment.withLock { moment in
      moment = milliseconds.map { .now.advanced(by: .milliseconds(Int64(clamping: $0))) }
    }
  }

  func sooner(_ other: ContinuousClock.Instant) -> ContinuousClock.Instant {
    moment.withLock { $0.map { min($0, other) } ?? other }
  }
}
