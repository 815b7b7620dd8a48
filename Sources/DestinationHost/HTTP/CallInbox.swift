internal import Synchronization
internal import TrackingAPI

/// Calls that wait for a block; bounded by the bytes of their events.
final class CallInbox: Sendable {
  private static let largest = 64 << 20
  private let calls = HandoverQueue<TrackingCall>()
  private let bytes = Atomic<Int>(0)

  /// False when there is no room for it.
  func put(_ call: TrackingCall) -> Bool {
    let size = Self.size(call)
    guard bytes.add(size, ordering: .relaxed).newValue <= Self.largest else {
      bytes.subtract(size, ordering: .relaxed)
      return false
    }
    calls.put(call)
    return true
  }

  /// The oldest call; waits for one, nil when it is closed and empty.
  func take() -> TrackingCall? { calls.take().map(taken) }

  /// The oldest call, when there is one.
  func takeIfThere() -> TrackingCall? { calls.take(within: .zero).map(taken) }

  func close() { calls.close() }

  private func taken(_ call: TrackingCall) -> TrackingCall {
    bytes.subtract(Self.size(call), ordering: .relaxed)
    return call
  }

  /// A call has a price even when its events are small.
  private static func size(_ call: TrackingCall) -> Int { call.lines.count + 1_024 }
}
