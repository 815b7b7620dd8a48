internal import Synchronization

/// What every thread of a run may ask and tell.
final class RunControl: Sendable {
  /// Called on any thread.
  let report: @Sendable (HostReport) -> Void
  private let isAsked: @Sendable () -> Bool
  private let failure = Mutex<(any Error)?>(nil)

  init(
    shouldStop: @escaping @Sendable () -> Bool, report: @escaping @Sendable (HostReport) -> Void
  ) {
    isAsked = shouldStop
    self.report = report
  }

  /// Whether the run is to come to its end: a stop was asked for, or something failed that it cannot do without.
  var shouldStop: Bool { isAsked() || hasFailed }
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// The first failure stops the run; what is accepted stays in the queues.
  func fail(_ error: any Error) { failure.withLock { $0 = $0 ?? error } }

  func throwFailure() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
