internal import DeliveryQueue
internal import Ingest

/// A piece of the input on its way: read, sealed once for each destination, made durable, used again.
///
/// A run has a fixed number of them, so its memory does not grow with its input.
final class Block: @unchecked Sendable {
  // Protected by handover: the queues give a block to one thread at a time.
  var lines = LineBlock()
  /// Which block of the run this is, from 0.
  var number = 0
  var receivedUnixNanoseconds: Int64 = 0
  /// The destinations, as they were when the block was read.
  var plan = RunPlan(version: 0, routes: [])
  /// Lines that are no events, in their order.
  var rejections: [Rejection] = []
  /// One for each route of the plan, in its order.
  private(set) var outgoing: [OutgoingBlock] = []
  /// Called when every destination's queue has the block's events for good; or with false when that failed.
  var acknowledge: (Bool) -> Void = { _ in }

  /// Makes it ready for the plan's destinations.
  func take(_ plan: RunPlan) {
    self.plan = plan
    while outgoing.count < plan.routes.count { outgoing.append(OutgoingBlock()) }
    outgoing.removeLast(outgoing.count - plan.routes.count)
  }
}

/// A block's events as one destination gets them.
///
/// Used by one thread at a time: the sealing thread, then the one that makes it durable.
final class OutgoingBlock {
  var events = EventBlock()
  /// Events that could not be sealed; they are dead letters, never sent.
  var unsealable: [UnsealableEvent] = []
  var encryptedValues = 0
  /// Events that are not for this destination; nothing is owed for them.
  var heldBack = HeldBackCounts()

  func removeAll() {
    events.removeAll()
    unsealable.removeAll()
    encryptedValues = 0
    heldBack = HeldBackCounts()
  }
}

/// An event that is not sent because a value of it could not be encrypted.
struct UnsealableEvent {
  /// The event as it was accepted: kept only in the sealed dead letters.
  let event: [UInt8]
  /// The stable name of the reason, as in `SealError.code`.
  let code: String
  /// The reason for people, without a value.
  let detail: String
  let receivedUnixNanoseconds: Int64
}
