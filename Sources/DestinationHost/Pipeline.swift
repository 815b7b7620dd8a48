internal import Foundation
internal import Ingest
internal import Synchronization

/// The threads between a source and the queues; blocks go round between them.
///
/// ```
/// free ─▶ read ─▶ [seal] ─▶ sealed, in order ─▶ durable in every queue ─▶ source told ─▶ free
/// ```
///
/// The number of blocks is fixed: queues that take no more hold the blocks, and so the reading.
final class Pipeline: @unchecked Sendable {
  // Protected by the queues and `current`; all else is immutable.
  private let free = HandoverQueue<Block>()
  private let toSeal = HandoverQueue<Block>()
  private let sealed = SequencedQueue<Block>()
  private let control: RunControl
  private let source: String
  private let identify: @Sendable () throws -> Identification
  private let current: Mutex<RunPlans>
  private var threads: [HostThread] = []
  private let nextNumber = Mutex(0)

  /// - Parameters:
  ///   - source: what the events of a block come from that says nothing else.
  ///   - identify: makes what one sealing thread needs for messageIds.
  init(
    _ plans: RunPlans, source: String, threads count: Int, committer: Committer,
    _ control: RunControl,
    identify: @escaping @Sendable () throws -> Identification
  ) {
    self.control = control
    self.identify = identify
    current = Mutex(plans)
    self.source = source
    for _ in 0..<count * 2 + 8 {
      free.put(Block(destinations: plans.uncontrolled.routes.count))
    }
    let handed = Handed(committer)
    let sealing = (0..<count).map { _ in HostThread("seal") { self.seal() } }
    threads = sealing + [HostThread("commit") { self.commit(handed.committer) }]
  }

  // The committer is the commit thread's until it has ended.
  private struct Handed: @unchecked Sendable {
    let committer: Committer
    init(_ committer: Committer) { self.committer = committer }
  }

  /// The destinations as they are from the next block on.
  var plans: RunPlans {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  // MARK: - For a source

  /// A block to be filled; waits for one, nil after ``finish()``.
  func takeBlock() -> Block? { free.take().map(emptied) }

  /// A block to be filled, if one is free within that time; for a source whose senders can be told to come back.
  ///
  /// Its `lines` are filled by `append`, its `acknowledge` and, unless they are the run's own, its `source` set; then it is
  /// submitted, or put back.
  func takeBlock(within time: Duration) -> BlockOffer {
    if plans.isEmpty { return .busy(reason: "no destination is on") }
    if let block = free.take(within: time) { return .block(emptied(block)) }
    if control.shouldStop { return .ended }
    return .busy(reason: control.heldBecause ?? "more events come than can be kept")
  }

  private func emptied(_ block: Block) -> Block {
    block.redriven = nil
    block.origin = nil
    block.source = source
    block.input = nil
    block.isAwaited = true
    block.lines.removeAll()
    return block
  }

  /// Gives back a block that was not filled.
  func putBack(_ block: Block) { free.put(block) }

  /// Takes a filled block; its `acknowledge` is called when its events are durable, in the order of submission.
  ///
  /// While no destination is on, it waits, and so does the source.
  func submit(_ block: Block) {
    while !isSubmitted(block) { Thread.sleep(forTimeInterval: 0.05) }
  }

  /// One look at the plans both says that a destination is on and is what the block gets: a block without one would be
  /// the last that is kept.
  private func isSubmitted(_ block: Block) -> Bool {
    nextNumber.withLock { number in
      let plans = plans
      guard !plans.isEmpty || control.shouldStop else { return false }
      block.number = number
      block.take(plans)
      number += 1
      block.receivedUnixNanoseconds = Int64(Date().timeIntervalSince1970 * 1e9)
      toSeal.put(block)
      return true
    }
  }

  /// Returns when every block that was submitted is acknowledged.
  func finish() {
    toSeal.close()
    threads.dropLast().forEach { $0.join() }
    sealed.close()
    threads.last?.join()
    free.close()
  }
}

// MARK: - The threads

extension Pipeline {
  private func seal() {
    var sealers: [ObjectIdentifier: Held<BlockSealer>] = [:]
    var version = 0
    var identification: Identification?
    while let block = toSeal.take() {
      if block.planVersion != version { sealers.removeAll() }
      version = block.planVersion
      do {
        let own = try identification ?? identify()
        identification = own
        let sealer = try sealers[ObjectIdentifier(block.plan)] ?? Held(BlockSealer(block.plan, own))
        sealers[ObjectIdentifier(block.plan)] = sealer
        sealer.value.seal(block)
      } catch {
        control.fail(error)
      }
      sealed.put(block, number: block.number)
    }
  }

  private func commit(_ committer: Committer) { committer.run(sealed, free: free) }
}
