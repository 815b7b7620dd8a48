internal import EventJSON
internal import Synchronization
internal import TrackingAPI

/// A call whose events are in one block or several; answered when the last of them is durable.
final class PendingCall: @unchecked Sendable {
  // Protection: `placed` is the intake's alone; all else by the lock.
  let call: TrackingCall
  /// How many of its events are in a block.
  var placed = 0
  private let state = Mutex(State())

  private struct State {
    /// Blocks that are not durable yet.
    var open = 0
    var isWhole = false
    var hasFailed = false
    var rejections: [(index: Int, reason: EventRejection)] = []
  }

  init(_ call: TrackingCall) { self.call = call }

  /// Some of its events are in a block, or with `isLast` all that were left.
  func begin(isLast: Bool) {
    state.withLock { state in
      state.open += 1
      state.isWhole = isLast
    }
  }

  /// One block is durable.
  func settle(_ rejections: [(index: Int, reason: EventRejection)]) {
    let done = state.withLock { state -> State? in
      state.open -= 1
      state.rejections += rejections
      return state.isWhole && state.open == 0 && !state.hasFailed ? state : nil
    }
    if let done { call.accept(rejections: done.rejections) }
  }

  /// One block is not kept: its sender sends all of it again, and what is durable is known by its messageIds.
  func fail() {
    let isFirst = state.withLock { state in
      defer { state.hasFailed = true }
      return !state.hasFailed
    }
    if isFirst {
      call.turnAway("The host cannot keep events at the moment. Send it again later.")
    }
  }
}
