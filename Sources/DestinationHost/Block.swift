internal import DeliveryQueue
internal import Ingest
internal import Workspace

/// A piece of the input on its way: read, sealed once for each destination, made durable, used again.
///
/// A run has a fixed number of them, so its memory does not grow with its input.
final class Block: @unchecked Sendable {
  // Protected by handover: the queues give a block to one thread at a time.
  var lines: LineBlock
  /// What the input is known by that the lines can be read from again; nil for one that they cannot.
  var input: [UInt8]?
  /// Which block of the run this is, from 0.
  var number = 0
  var receivedUnixNanoseconds: Int64 = 0
  /// The id of the source that its events come from: its controls hold for them.
  var source = ""
  /// The destinations, as they were when the block was read.
  private(set) var plan = RunPlan(routes: [])
  private(set) var planVersion = 0
  /// Lines that are no events, in their order.
  var rejections: [Rejection] = []
  /// The bytes of those lines, in the same order; of one that is too long there are none.
  var rejectedLines: [[UInt8]] = []
  /// Of each event that was accepted what its messageId is remembered by; nil for one that came without.
  var digests: [MessageDigest?] = []
  /// How many of them were dropped, as their messageId was seen before.
  var duplicates = 0
  /// Their places among the accepted ones.
  var duplicateNumbers: Set<Int32> = []
  /// Letters to be delivered once more, instead of lines; and whose they are.
  var redriven: (destination: String, letters: [DeadLetter])?
  /// The ids of those that were taken; the others stay where they are.
  var taken: Set<String> = []
  /// Where its lines come from, so that one without a `messageId` always gets the same; nil: from where nothing is read
  /// twice.
  var origin: (any LineOrigin)?
  /// One for each route of the plan, in its order.
  private(set) var outgoing: [OutgoingBlock] = []
  /// Whether somebody waits for the answer before sending more: not for the lines of a file.
  var isAwaited = true
  /// Called once, on the committing thread, in the order of submission; see ``BlockOutcome``.
  var acknowledge: (BlockOutcome) -> Void = { _ in }

  /// For so many destinations: a larger block where there are few, since handing one on costs the same whatever is in it.
  ///
  /// What all of them take together stays within some mebibytes for each block. Those of a run together are not much more
  /// than a queue keeps in memory, so a destination that keeps up gets few events from the disk.
  init(destinations: Int) {
    lines = LineBlock(capacity: max(256 << 10, (512 << 10) / max(1, destinations)))
  }

  /// Makes it ready for the destinations of its source's plan.
  func take(_ plans: RunPlans) {
    plan = plans.plan(of: source)
    planVersion = plans.version
    duplicates = 0
    duplicateNumbers.removeAll()
    while outgoing.count < plan.routes.count { outgoing.append(OutgoingBlock()) }
    outgoing.removeLast(outgoing.count - plan.routes.count)
  }
}

/// A block's events as one destination gets them.
///
/// Used by one thread at a time: the sealing thread, then the one that makes it durable.
final class OutgoingBlock {
  var events = EventBlock()
  /// Whether a queue keeps them in memory.
  var isKept = false
  /// For each of them its place among the block's accepted events.
  var numbers: [Int32] = []
  /// Events that could not be sealed; they are dead letters, never sent.
  var unsealable: [UnsealableEvent] = []
  var values = ValueCounts()
  /// Events that are not for this destination; nothing is owed for them.
  var heldBack = HeldBackCounts()

  func removeAll() {
    events.removeAll()
    numbers.removeAll(keepingCapacity: true)
    unsealable.removeAll()
    values = ValueCounts()
    heldBack = HeldBackCounts()
  }

  /// What a queue keeps is left to it.
  func letGo(for spare: SpareBlocks) {
    guard isKept else { return }
    events = spare.take()
    isKept = false
  }
}

extension OutgoingBlock {
  /// Takes out the events of these numbers.
  func drop(_ duplicates: Set<Int32>) {
    unsealable.removeAll { duplicates.contains($0.number) }
    guard numbers.contains(where: duplicates.contains) else { return }
    var kept = EventBlock()
    kept.reserve(bytes: events.bytes.count, events: events.events.count)
    for (event, number) in zip(events.events, numbers) where !duplicates.contains(number) {
      let offset = kept.bytes.count
      kept.bytes += events.json(of: event)
      kept.bytes.append(UInt8(ascii: "\n"))
      kept.events.append(event.moved(to: offset))
    }
    events = kept
    numbers.removeAll { duplicates.contains($0) }
  }
}

/// An event that is not sent because it could not be sealed as it has to be.
struct UnsealableEvent {
  /// The event as it was accepted: kept only in the sealed dead letters.
  let event: [UInt8]
  /// The stable name of the reason, as in `SealError.code`.
  let code: String
  /// The reason for people, without a value.
  let detail: String
  let receivedUnixNanoseconds: Int64
  /// Its place among the block's accepted events.
  let number: Int32
}
