internal import KafkaClient
internal import Synchronization

/// How far each partition is read, durable and committed; what is durable is told by the committing thread.
final class StreamOffsets: Sendable {
  private struct State {
    /// Blocks that were submitted and not answered.
    var blocks = 0
    /// Counts how often partitions came; what was read of one before it went and came again is not said any more.
    var round = 0
    /// The round in which each partition that is read now came.
    var came: [Int32: Int] = [:]
    /// Behind the last message that is durable for every destination.
    var durable: [Int32: Int64] = [:]
    /// The partitions of which it grew since it was last asked for.
    var grown: Set<Int32> = []
  }

  private let state = Mutex(State())

  /// These partitions are read from now on.
  func add(_ partitions: [Int32]) {
    state.withLock { state in
      state.round += 1
      for partition in partitions { state.came[partition] = state.round }
    }
  }

  /// These partitions are read elsewhere from now on.
  func remove(_ partitions: [Int32]) {
    state.withLock { state in
      for partition in partitions {
        state.came[partition] = nil
        state.durable[partition] = nil
        state.grown.remove(partition)
      }
    }
  }

  /// A block is submitted; gives what ``end(_:_:)`` wants to know of now.
  func begin() -> Int {
    state.withLock { state in
      state.blocks += 1
      return state.round
    }
  }

  /// A block's answer came; its messages are durable up to these offsets, or (nil) none of them is.
  func end(_ offsets: [Int32: Int64]?, round: Int) {
    state.withLock { state in
      state.blocks -= 1
      for (partition, offset) in offsets ?? [:] {
        guard let came = state.came[partition], came <= round else { continue }
        state.durable[partition] = max(offset, state.durable[partition] ?? 0)
        state.grown.insert(partition)
      }
    }
  }

  /// Whether every block that was submitted is answered.
  var isSettled: Bool { state.withLock { $0.blocks == 0 } }

  /// What became durable since the last call.
  func takeNew() -> [KafkaPosition] {
    state.withLock { state in
      let grown = state.grown
      state.grown.removeAll(keepingCapacity: true)
      return grown.compactMap { partition in
        state.durable[partition].map { KafkaPosition(partition: partition, offset: $0) }
      }
    }
  }

  var durable: [Int32: Int64] { state.withLock { $0.durable } }
}
