internal import AdapterLoading
internal import Ingest
internal import Synchronization

/// A piece of the input on its way: read, sealed once for each destination, delivered, used again.
///
/// A run has a fixed number of them, so its memory does not grow with its input.
final class Block: @unchecked Sendable {
  // Protected by handover: the queues give a block to one thread at a time, and while it is with the
  // lanes each touches its own element of `outgoing` alone; `lanesToGo` is atomic.
  var lines = LineBlock()
  /// Which block of the run this is, from 0.
  var number = 0
  var receivedUnixNanoseconds: Int64 = 0
  /// Lines that are no events, in their order.
  var rejections: [Rejection] = []
  /// One for each destination of the run, in its order.
  let outgoing: [OutgoingBlock]
  private let lanesToGo = Atomic<Int>(0)

  init(destinations: Int) {
    outgoing = (0..<destinations).map { _ in OutgoingBlock() }
  }

  /// Says that all lanes have it now.
  func startDelivery() { lanesToGo.store(outgoing.count, ordering: .releasing) }

  /// Says that one lane is done; true for the last one.
  func finishLane() -> Bool {
    lanesToGo.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
  }
}

/// A block's events as one destination gets them.
///
/// Used by one thread at a time: the sealing thread, then the destination's lane.
final class OutgoingBlock {
  var batch = OutgoingBatch(batchID: 0, ndjson: [], events: [])
  /// Events that could not be sealed; they are dead letters, never sent.
  var unsealable: [UnsealableEvent] = []
  var encryptedValues = 0
  /// Events of a type that the adapter does not serve; nothing is owed for them.
  var notServed = 0

  func removeAll(batchID: UInt64) {
    batch.batchID = batchID
    batch.ndjson.removeAll(keepingCapacity: true)
    batch.events.removeAll(keepingCapacity: true)
    unsealable.removeAll()
    encryptedValues = 0
    notServed = 0
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
