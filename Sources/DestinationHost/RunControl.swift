internal import DeliveryQueue
internal import Synchronization

/// What every thread of a run may ask and tell.
final class RunControl: Sendable {
  /// Called on any thread.
  let report: @Sendable (HostReport) -> Void
  /// Who counts what becomes durable.
  let monitor: HostMonitor
  /// What goes from deliveries back to the blocks.
  let spareBlocks = SpareBlocks()
  private let isAsked: @Sendable () -> Bool
  private let failure = Mutex<(any Error)?>(nil)
  private let held = Mutex<[String: String]>([:])

  init(
    shouldStop: @escaping @Sendable () -> Bool, report: @escaping @Sendable (HostReport) -> Void,
    monitor: HostMonitor = HostMonitor()
  ) {
    self.monitor = monitor
    isAsked = shouldStop
    self.report = report
  }

  /// Whether the run is to come to its end: a stop was asked for, or something failed that it cannot do without.
  var shouldStop: Bool { isAsked() || hasFailed }
  var hasFailed: Bool { failure.withLock { $0 != nil } }

  /// The first failure stops the run; what is accepted stays in the queues.
  func fail(_ error: any Error) { failure.withLock { $0 = $0 ?? error } }

  /// Why what is submitted now is not kept.
  var reasonOfEnd: String {
    failure.withLock { $0 }.map { "\($0)" } ?? "the host is stopping. Send it again later."
  }

  /// Notes why a destination's queue takes nothing now, and so holds every source; nil when it takes events again.
  func hold(_ reason: String?, _ destination: String) { held.withLock { $0[destination] = reason } }

  /// Why sources are held; nil when they are not.
  var heldBecause: String? { held.withLock { $0.min { $0.key < $1.key }?.value } }

  func throwFailure() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
