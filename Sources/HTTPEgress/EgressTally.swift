internal import Synchronization

/// Counts as it goes; any thread.
final class EgressTally: Sendable {
  private let state = Mutex(EgressCounts())

  var counts: EgressCounts { state.withLock { $0 } }

  func count(_ change: (inout EgressCounts) -> Void) { state.withLock { change(&$0) } }
}
