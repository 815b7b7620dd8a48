internal import Synchronization

// What is done with, noted before its bytes go.
extension DeliveryQueue {
  /// Says that these events are delivered or dead letters: they are not given out again.
  ///
  /// A crash of the host does not bring them back; a loss of power may, those since the last ``checkpoint()``.
  package func settle(_ sequences: Range<UInt64>) throws(QueueError) {
    try cursor.withLock { (cursor) throws(QueueError) in
      let (settled, end, isAnyDone) = ledger.withLock { ledger in
        ledger.settled.insert(sequences)
        return (
          ledger.settled, ledger.durableEnd,
          ledger.segments.contains { !$0.isActive && ledger.isDone($0) }
        )
      }
      try note(settled, end, &cursor)
      if isAnyDone { try removeDone(&cursor) }
    }
  }

  /// Makes durable what is settled, and up to where events are; for once a second or so.
  ///
  /// When nothing was appended since the last time, what the disk keeps for more is given back.
  package func checkpoint() throws(QueueError) {
    try cursor.withLock { (cursor) throws(QueueError) in
      let (settled, end, notedEnd) = ledger.withLock { ($0.settled, $0.durableEnd, $0.notedEnd) }
      if end > notedEnd { try note(settled, end, &cursor) }
      try cursor.sync()
    }
    guard ledger.withLock({ $0.isResting() }) else { return }
    try removeSpare()
    // Whoever appends just now has its use for the room.
    _ = writer.withLockIfAvailable { $0?.releaseRoom() }
  }

  private func note(
    _ settled: SequenceSet, _ end: UInt64, _ cursor: inout DurableNote
  ) throws(QueueError) {
    try cursor.write(Cursor(settled: settled, end: end).bytes)
    ledger.withLock { $0.notedEnd = end }
  }

  func removeDone() throws(QueueError) {
    try cursor.withLock { (cursor) throws(QueueError) in
      let (settled, end) = ledger.withLock { ($0.settled, $0.durableEnd) }
      try note(settled, end, &cursor)
      try removeDone(&cursor)
    }
  }

  /// The note that names the segments' events as settled is on the disk before the first of them goes.
  private func removeDone(_ cursor: inout DurableNote) throws(QueueError) {
    try cursor.sync()
    for segment in ledger.withLock({ $0.takeDone() }) {
      if !keepSpare(segment) { try segment.leave(disk) }
    }
  }

  /// Keeps the file of a segment that is done for the next one, when there is none; whether it does.
  private func keepSpare(_ segment: QueueSegment) -> Bool {
    guard !segment.isKept, segment.size <= 2 * settings.shortSegmentBytes,
      ledger.withLock({ $0.spare == nil })
    else { return false }
    let spare = SpareSegment(of: segment)
    do throws(QueueError) { try disk.rename(segment.path, to: spare.path) } catch { return false }
    ledger.withLock { $0.spare = spare }
    return true
  }

  func removeSpare() throws(QueueError) {
    if let spare = ledger.withLock({ $0.takeSpare() }) { try disk.remove(spare.path) }
  }
}
