internal import Metrics
internal import DeliveryQueue
internal import EventJSON
internal import Foundation
internal import Ingest
internal import Synchronization
internal import Workspace

/// Makes sealed blocks durable in the queues of all their destinations, and only then tells their source.
///
/// Blocks that are ready together are one group, with one sync for each queue. Used by one thread.
final class Committer {
  /// Blocks of one group, at most.
  private static let largestGroup = 16
  /// A sync costs what it costs, whatever is in it: so blocks whose senders wait for no answer wait for each other, so
  /// many of them and each so long at most.
  private static let patientGroup = 5
  private static let patience = Duration.milliseconds(20)

  private let control: RunControl
  private let deadLetters: (String) throws -> DeadLetterStore
  private var stores: [String: DeadLetterStore] = [:]
  /// Once a group could not be kept, no later one is acknowledged: a source's position has no holes.
  private var isBroken = false
  private var counted = RunSummary()
  /// What was made durable so far.
  var summary: RunSummary {
    var summary = counted
    summary.forgottenIDs = seen?.forgottenEarly ?? 0
    summary.rejectedNotKept = rejected.notKept
    return summary
  }
  /// Nil when duplicates are let through.
  private var seen: SeenMessages?
  private let rejected: RejectedLines

  init(
    _ control: RunControl, seen: SeenMessages? = nil, rejected: RejectedLines,
    deadLetters: @escaping (String) throws -> DeadLetterStore
  ) {
    self.control = control
    self.seen = seen
    self.rejected = rejected
    self.deadLetters = deadLetters
  }

  /// Takes blocks until the queue is closed; `free` gets each back.
  func run(_ sealed: SequencedQueue<Block>, free: HandoverQueue<Block>) {
    while let first = sealed.take() {
      let group = group(startingWith: first, sealed)
      let start = Moment.now
      let isKept = !isBroken && commit(group)
      control.monitor.commitSeconds.record(start.duration(to: .now) / .seconds(1))
      if !isKept { isBroken = true }
      for block in group {
        tell(block, isKept)
        if isKept { count(block) }
        for outgoing in block.outgoing { outgoing.letGo(for: control.spareBlocks) }
        free.put(block)
      }
    }
  }

  private func group(
    startingWith first: Block, _ sealed: SequencedQueue<Block>
  ) -> [Block] {
    var group = [first]
    while group.count < Self.patientGroup, !group.contains(where: \.isAwaited),
      let more = sealed.take(within: Self.patience)
    {
      group.append(more)
    }
    while group.count < Self.largestGroup, let more = sealed.take(within: .zero) {
      group.append(more)
    }
    return group
  }

  private func tell(_ block: Block, _ isKept: Bool) {
    block.acknowledge(
      isKept
        ? .durable(rejections: block.rejections, duplicates: block.duplicates)
        : .notKept(reason: control.reasonOfEnd))
    block.acknowledge = { _ in }
  }

  private func commit(_ group: [Block]) -> Bool {
    // A block that nobody takes is not accepted.
    guard !control.hasFailed, group.allSatisfy({ !$0.plan.routes.isEmpty }) else { return false }
    do {
      for block in group {
        dropDuplicates(of: block)
        try keepDeadLetters(of: block)
        rejected.keep(block)
      }
    } catch {
      control.fail(error)
      return false
    }
    guard store(group) else { return false }
    // Only now: what was noted before its event is durable could be lost with it.
    if let trouble = seen?.keep() { control.report(.damaged(trouble)) }
    return true
  }

  /// Blocks come here in their order, so the first event with an id is the one that stays.
  private func dropDuplicates(of block: Block) {
    guard let duplicates = seen?.insert(block.digests) else { return }
    block.duplicates = duplicates.count
    block.duplicateNumbers = duplicates
    guard !duplicates.isEmpty else { return }
    for outgoing in block.outgoing { outgoing.drop(duplicates) }
  }

  /// All queues at once, since each waits for the disk.
  private func store(_ group: [Block]) -> Bool {
    let groups = QueueGroup.all(in: group)
    guard groups.count > 1 else { return groups.allSatisfy { $0.store(control) } }
    let kept = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: groups.count) { [control] index in
      if groups[index].store(control) { kept.withLock { $0 += 1 } }
    }
    return kept.withLock { $0 } == groups.count
  }
}

// MARK: - What no queue gets

extension Committer {
  private func keepDeadLetters(of block: Block) throws {
    for (route, outgoing) in zip(block.plan.routes, block.outgoing)
    where !outgoing.unsealable.isEmpty {
      try keep(outgoing.unsealable, route.delivery)
    }
  }

  /// Durable on return; all or none of them.
  private func keep(_ events: [UnsealableEvent], _ delivery: Delivery) throws {
    let store = try stores[delivery.id] ?? deadLetters(delivery.id)
    stores[delivery.id] = store
    let letters = events.map { event in
      DeadLetter(
        event: event.event, form: .accepted, reason: event.code, detail: event.detail,
        receivedUnixNanoseconds: event.receivedUnixNanoseconds)
    }
    try control.withRoom(for: delivery.id) {
      try store.append(letters)
      try store.sync()
    }
    for event in events { delivery.count { $0.deadLettered[event.code, default: 0] += 1 } }
  }
}

// MARK: - Counting

extension Committer {
  private func count(_ block: Block) {
    control.monitor.count(block)
    if block.redriven != nil { return count(block.taken.count, of: block) }
    counted.read += block.lines.lineCount
    counted.accepted += block.lines.lineCount - block.rejections.count - block.duplicates
    counted.duplicates += block.duplicates
    counted.bytesRead = block.lines.end.bytes
    for rejection in block.rejections {
      counted.rejections[rejection.reason.code, default: 0] += 1
    }
    countOutgoing(of: block)
    var progress = RunProgress()
    progress.bytesRead = counted.bytesRead
    progress.accepted = counted.accepted
    progress.rejected = counted.rejected
    control.report(.progress(progress))
  }

  private func count(_ letters: Int, of block: Block) {
    counted.redriven += letters
    countOutgoing(of: block)
  }

  private func countOutgoing(of block: Block) {
    for (route, outgoing) in zip(block.plan.routes, block.outgoing) {
      route.delivery.count {
        $0.values += outgoing.values
        $0.heldBack += outgoing.heldBack
      }
    }
  }
}

/// The blocks of a group for one queue.
private final class QueueGroup: @unchecked Sendable {
  // Protected by handover: made by the committing thread, used by one other while that waits.
  private let delivery: Delivery
  private var blocks: [OutgoingBlock] = []

  private init(_ delivery: Delivery) { self.delivery = delivery }

  static func all(in group: [Block]) -> [QueueGroup] {
    var groups: [ObjectIdentifier: QueueGroup] = [:]
    for block in group {
      for (route, outgoing) in zip(block.plan.routes, block.outgoing)
      where !outgoing.events.isEmpty {
        let key = ObjectIdentifier(route.delivery)
        let own = groups[key] ?? QueueGroup(route.delivery)
        own.blocks.append(outgoing)
        groups[key] = own
      }
    }
    return Array(groups.values)
  }

  /// Appends and syncs; while the queue or the disk is full, it waits, and so does the source.
  ///
  /// - Returns: false when the run ended before all of it was durable.
  func store(_ control: RunControl) -> Bool {
    var durable = 0
    var next = 0
    var told: QueueError?
    while durable < blocks.count {
      do throws(QueueError) {
        while next < blocks.count {
          blocks[next].isKept = try delivery.queue.append(blocks[next].events)
          next += 1
        }
        try sync(&durable, &next)
      } catch {
        // What stands before the block that was not taken is made durable, and so can be delivered.
        if next > durable { try? sync(&durable, &next) }
        if told != error { control.report(.queueTrouble(delivery.id, "\(error)")) }
        told = error
        control.hold("destination \"\(delivery.id)\": \(error)", delivery.id)
        if control.shouldStop { return false }
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
    if told != nil { control.hold(nil, delivery.id) }
    return true
  }

  /// After a failed sync nothing since the last one is kept, and all of it is appended again.
  private func sync(_ durable: inout Int, _ next: inout Int) throws(QueueError) {
    do throws(QueueError) {
      try delivery.queue.sync()
      durable = next
      delivery.wake()
    } catch {
      next = durable
      throw error
    }
  }
}
