internal import Synchronization

/// The memory of blocks that were delivered, for those that are sealed next.
///
/// What a queue keeps in memory is what it was sealed into, so the block that it came in needs other memory. From here it
/// gets some that was used before: else every block would take new pages from the system and scatter them over the heap.
package final class SpareBlocks: Sendable {
  /// More than one queue keeps in memory and its delivery has in hand: of a single destination all comes back here.
  private static let mostBytes = 8 << 20
  /// What is smaller is not worth to be kept.
  private static let leastBytes = 64 << 10

  private let spare = Mutex<(blocks: [EventBlock], bytes: Int)>(([], 0))

  package init() {}

  /// Takes a block that nobody needs any more.
  package func give(_ block: consuming EventBlock) {
    var block = block
    let bytes = block.capacityInBytes
    guard bytes >= Self.leastBytes else { return }
    spare.withLock { spare in
      guard spare.bytes + bytes <= Self.mostBytes else { return }
      spare.blocks.append(EventBlock())
      swap(&block, &spare.blocks[spare.blocks.count - 1])
      spare.bytes += bytes
    }
  }

  /// An empty block, in the memory that was used last if there is some.
  package func take() -> EventBlock {
    // Emptied without a second reference to it: else its memory would be left, and other taken.
    var block = EventBlock()
    spare.withLock { spare in
      guard let last = spare.blocks.indices.last else { return }
      swap(&block, &spare.blocks[last])
      spare.blocks.removeLast()
      spare.bytes -= block.capacityInBytes
    }
    block.removeAll()
    return block
  }
}
