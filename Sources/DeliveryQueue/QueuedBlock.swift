/// A record's events, each with a number that ``DeliveryQueue/settle(_:)`` takes.
package struct QueuedBlock: Sendable {
  /// One number for each event, in their order.
  package let sequences: Range<UInt64>
  package let block: EventBlock
  /// Indices of events that are settled already; nil for none, which is the rule.
  package let settled: Set<Int>?
  /// When it was appended, milliseconds since 1970.
  package let appendedUnixMilliseconds: Int64

  package init(
    sequences: Range<UInt64>, block: EventBlock, settled: Set<Int>?,
    appendedUnixMilliseconds: Int64
  ) {
    self.sequences = sequences
    self.block = block
    self.settled = settled
    self.appendedUnixMilliseconds = appendedUnixMilliseconds
  }

  /// The same with these indices among the settled ones.
  package func settling(_ indices: [Int]) -> QueuedBlock {
    QueuedBlock(
      sequences: sequences, block: block, settled: (settled ?? []).union(indices),
      appendedUnixMilliseconds: appendedUnixMilliseconds)
  }
}
