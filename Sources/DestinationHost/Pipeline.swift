internal import EventJSON
internal import Foundation
internal import Ingest
internal import Synchronization

/// The threads of a run: one reads, some seal, one for each destination delivers; blocks go round between them.
///
/// ```
/// free ─▶ read ─▶ [seal] ─▶ sealed, in order ─▶ lane of each destination ─▶ free
/// ```
///
/// The number of blocks is fixed: a destination that is slow holds the blocks, and so the reading.
final class Pipeline: @unchecked Sendable {
  // Protected by `results`, `failure` and the queues; all else is immutable.
  private let free = HandoverQueue<Block>()
  private let toSeal = HandoverQueue<Block>()
  private let sealed: [SequencedQueue<Block>]
  private let lanes: [Lane]
  private let sealers: [BlockSealer]
  private let control: RunControl
  private let results = Mutex(Results())

  private struct Results {
    var summary = RunSummary()
    var progress = RunProgress()
    var failure: (any Error)?
  }

  /// A pipeline with blocks enough to keep every thread busy.
  init(sealers: [BlockSealer], lanes: [Lane], control: RunControl) {
    self.sealers = sealers
    self.lanes = lanes
    self.control = control
    sealed = lanes.map { _ in SequencedQueue() }
    for _ in 0..<sealers.count * 2 + 4 { free.put(Block(destinations: lanes.count)) }
  }

  /// Reads to the end of the input (or until a stop), and returns when every event is settled.
  ///
  /// The calling thread reads. Throws what stopped the run: the input or the dead letters failed.
  func run(_ reader: inout LineBlockReader) throws -> RunSummary {
    let sealing = sealers.map { sealer in HostThread("seal") { self.seal(sealer) } }
    let delivery = zip(lanes, sealed).enumerated().map { index, pair in
      HostThread("deliver") { self.deliver(pair.0, pair.1, index) }
    }
    read(&reader)
    toSeal.close()
    sealing.forEach { $0.join() }
    sealed.forEach { $0.close() }
    delivery.forEach { $0.join() }
    return try finish()
  }

  private func finish() throws -> RunSummary {
    try results.withLock { results in
      if let failure = results.failure { throw failure }
      return results.summary
    }
  }
}

// MARK: - The threads

extension Pipeline {
  private func read(_ reader: inout LineBlockReader) {
    var number = 0
    do {
      while !isStopping, let block = free.take() {
        guard try reader.next(into: &block.lines) else { return }
        block.number = number
        block.receivedUnixNanoseconds = Int64(Date().timeIntervalSince1970 * 1e9)
        number += 1
        toSeal.put(block)
      }
    } catch {
      fail(error)
    }
  }

  private func seal(_ sealer: BlockSealer) {
    while let block = toSeal.take() {
      sealer.seal(block)
      block.startDelivery()
      for queue in sealed { queue.put(block, number: block.number) }
    }
  }

  private func deliver(_ lane: Lane, _ queue: SequencedQueue<Block>, _ index: Int) {
    while let block = queue.take() {
      // The first lane tells, since lanes get the blocks in the order of their lines.
      if index == 0 { count(block) }
      do { try lane.deliver(block.outgoing[index]) } catch { fail(error) }
      if block.finishLane() { finish(block) }
    }
    lane.finish()
  }
}

// MARK: - Counting

extension Pipeline {
  private var isStopping: Bool {
    control.shouldStop() || results.withLock { $0.failure != nil }
  }

  /// The first failure stops the reading; what was read goes on to its end as far as it can.
  private func fail(_ error: any Error) {
    results.withLock { $0.failure = $0.failure ?? error }
  }

  private func count(_ block: Block) {
    results.withLock { results in
      results.summary.read += block.lines.lineCount
      results.summary.accepted += block.lines.lineCount - block.rejections.count
      for rejection in block.rejections {
        results.summary.rejections[rejection.reason.code, default: 0] += 1
      }
    }
    for rejection in block.rejections { control.report(.rejected(rejection)) }
  }

  private func finish(_ block: Block) {
    let progress = results.withLock { results in
      results.progress.bytesRead = max(results.progress.bytesRead, block.lines.readOffset)
      results.progress.rejected += block.rejections.count
      results.progress.accepted += block.lines.lineCount - block.rejections.count
      return results.progress
    }
    control.report(.progress(progress))
    free.put(block)
  }
}
