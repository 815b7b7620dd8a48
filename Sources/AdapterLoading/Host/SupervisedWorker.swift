internal import Foundation

/// A worker that comes back: started again after a crash, a hang or a lie, with the same batch.
///
/// An event on which the adapter fails each time is found by halving the batch, and rejected; the others are
/// delivered. Used by one thread at a time; the thread that starts a worker must outlive it, since the worker is killed
/// when that thread ends.
package final class SupervisedWorker {
  private let configuration: WorkerConfiguration
  private var worker: AdapterWorker?
  private var failuresInARow = 0
  /// Whether any batch was ever answered.
  private var hasAnswered = false
  /// The smallest part of a batch that failed since the last answer.
  private var smallestFailure = Int.max
  private var poisoned: [Int] = []
  private var recentRestarts: [ContinuousClock.Instant] = []
  /// How often the worker was started again.
  package private(set) var restarts = 0

  /// The worker's process, while there is one.
  var processID: Int32? { worker?.processID }

  /// What really holds the worker's process; nil while there is none.
  package var sandbox: SandboxLevel? { worker?.sandbox }

  /// Nothing is loaded before ``start()``.
  package init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

  /// Checks and loads the adapter; the description is its descriptor's.
  package func start() throws(LoadError) -> AdapterDescription {
    let worker = try AdapterWorker(configuration)
    self.worker = worker
    return worker.description
  }

  /// Delivers the batch's selected events; `results` has one for each on return.
  ///
  /// Blocks: up to the deadline and the grace for each attempt, and the waiting time between two. Throws when the
  /// worker cannot be brought up any more.
  package func deliver(
    _ batch: OutgoingBatch, into results: inout [EventResult]
  ) throws(WorkerFailure) {
    do throws(WorkerFailure) {
      try attempt(batch, &results)
    } catch {
      if error == .badBatch { throw error }
      try recover(batch, error, &results)
    }
  }

  /// Asks the adapter to make durable what it has; what it says when it cannot.
  package func flush() throws(WorkerFailure) -> String? {
    do throws(WorkerFailure) {
      return try worker?.flush()
    } catch {
      worker = nil
      configuration.observe(.failed(call: "flush", reason: "\(error)"))
      throw error
    }
  }

  /// Stops the adapter and its process.
  package func stop() {
    if let reason = worker?.stop() { configuration.observe(.failed(call: "stop", reason: reason)) }
    worker = nil
  }
}

// MARK: - Recovering

extension SupervisedWorker {
  private func attempt(
    _ batch: OutgoingBatch, _ results: inout [EventResult]
  ) throws(WorkerFailure) {
    guard let worker else { throw .ended("it was not started") }
    do throws(WorkerFailure) {
      try worker.deliver(batch, into: &results)
      failuresInARow = 0
      smallestFailure = .max
      hasAnswered = true
    } catch {
      if error != .badBatch { self.worker = nil }
      throw error
    }
  }

  /// The same batch again, and when it fails again, its halves.
  private func recover(
    _ batch: OutgoingBatch, _ first: WorkerFailure, _ results: inout [EventResult]
  ) throws(WorkerFailure) {
    var failure = first
    for _ in 1..<max(2, configuration.failuresBeforeHalving) {
      try restart(after: failure)
      do throws(WorkerFailure) {
        return try attempt(batch, &results)
      } catch {
        failure = error
      }
    }
    try restart(after: failure)
    try findPoison(batch, failure, &results)
  }

  /// Halves the batch down to the events that the adapter fails on.
  ///
  /// An adapter that has never answered anything and fails on every event of a batch is broken: its events are not
  /// to blame, so it is given up instead.
  private func findPoison(
    _ batch: OutgoingBatch, _ failure: WorkerFailure, _ results: inout [EventResult]
  ) throws(WorkerFailure) {
    poisoned.removeAll()
    smallestFailure = min(smallestFailure, batch.selection.count)
    try halve(batch, failure, &results)
    guard hasAnswered || batch.selection.count == 1 else { throw failure }
    for index in poisoned {
      configuration.observe(.poisonEvent(batchID: batch.batchID, index: index))
    }
  }

  private func halve(
    _ batch: OutgoingBatch, _ failure: WorkerFailure, _ results: inout [EventResult]
  ) throws(WorkerFailure) {
    let events = batch.selection
    guard events.count > 1 else {
      poisoned.append(events.lowerBound)
      results = [EventResult(.rejected, detail: "the adapter fails on this event: \(failure)")]
      return
    }
    let middle = events.lowerBound + events.count / 2
    var all: [EventResult] = []
    for half in [events.lowerBound..<middle, middle..<events.upperBound] {
      var part = batch
      part.selection = half
      var partial: [EventResult] = []
      do throws(WorkerFailure) {
        try attempt(part, &partial)
      } catch {
        // A smaller part that fails is a step forward; only what brings nothing new counts towards giving up.
        let isStep = half.count < smallestFailure
        smallestFailure = min(smallestFailure, half.count)
        try restart(after: error, counts: !isStep)
        try halve(part, error, &partial)
      }
      all += partial
    }
    results = all
  }

  /// Brings a new worker up, waiting longer after each failure in a row.
  private func restart(
    after failure: WorkerFailure, counts: Bool = true
  ) throws(WorkerFailure) {
    if counts { failuresInARow += 1 }
    guard mayRestart() else { throw failure }
    var last: LoadError?
    while failuresInARow <= configuration.mostFailuresInARow {
      guard !configuration.brake.isPulled else { throw failure }
      pause(delay)
      do throws(LoadError) {
        worker = try AdapterWorker(configuration)
        restarts += 1
        return configuration.observe(.restarted(reason: "\(failure)", restarts: restarts))
      } catch {
        last = error
        failuresInARow += 1
        guard error.mayPass else { break }
        configuration.observe(.startFailed(reason: "\(error)", retryAfter: delay))
      }
    }
    throw last.map(WorkerFailure.notStarted) ?? failure
  }

  /// Whether there were not too many restarts lately; this one is counted.
  private func mayRestart() -> Bool {
    if configuration.brake.isPulled { return false }
    let now = ContinuousClock.now
    recentRestarts.removeAll { $0.duration(to: now) > configuration.restartWindow }
    recentRestarts.append(now)
    return recentRestarts.count <= configuration.mostRestarts
  }

  private var delay: Duration {
    let doublings = min(20, max(0, failuresInARow - 1))
    return min(
      configuration.longestRestartDelay, configuration.firstRestartDelay * (1 << doublings))
  }
}

private func pause(_ delay: Duration) {
  Thread.sleep(forTimeInterval: delay / .seconds(1))
}
