internal import Synchronization

// What waits, to the one thread that delivers it.
extension DeliveryQueue {
  /// The next block that is durable and was not given out yet, in the order of appending; nil when there is none now.
  ///
  /// A record that is damaged is set aside and passed over. Throws when a segment cannot be opened.
  package func next() throws(QueueError) -> QueuedBlock? {
    try reader.withLock { (reader) throws(QueueError) in
      while reader.next < ledger.withLock({ $0.durableEnd }) {
        let next = reader.next
        if let recent = ledger.withLock({ $0.takeRecent(from: next) }) {
          reader.skip(
            to: recent.sequences.upperBound, segment: recent.segmentFirst,
            offset: recent.endOffset)
          return queued(recent.sequences, recent.block, recent.appendedUnixMilliseconds)
        }
        guard let segment = ledger.withLock({ $0.segment(from: next) }) else {
          reader.next = ledger.withLock { $0.durableEnd }
          return nil
        }
        if let found = try read(segment, &reader) { return found }
      }
      return nil
    }
  }

  private func read(
    _ segment: QueueSegment, _ reader: inout SegmentReader
  ) throws(QueueError) -> QueuedBlock? {
    let found = try reader.read(segment, key: key) { sequences in
      ledger.withLock { $0.settled.count(in: sequences) == sequences.count }
    }
    switch found {
    case .settled: return nil
    case .record(let record, let block):
      return queued(record.sequences, block, record.appendedUnixMilliseconds)
    case .damaged(let aside, let bytes, let lost):
      let events = ledger.withLock { ledger in
        let events = lost.count - ledger.settled.count(in: lost)
        ledger.lostEvents += events
        let place = aside ?? (ledger.keep(segment) ? segment.keptPath : nil)
        ledger.damage.append(
          QueueDamage(kind: .damagedRecord, setAside: place, bytes: bytes, events: events))
        return events
      }
      if events > 0 { try settle(lost) }
      return nil
    }
  }

  private func queued(
    _ sequences: Range<UInt64>, _ block: EventBlock, _ time: Int64
  ) -> QueuedBlock {
    let settled = ledger.withLock { ledger -> Set<Int>? in
      guard ledger.settled.count(in: sequences) > 0 else { return nil }
      return Set(
        block.events.indices.filter {
          ledger.settled.contains(sequences.lowerBound + UInt64($0))
        })
    }
    return QueuedBlock(
      sequences: sequences, block: block, settled: settled, appendedUnixMilliseconds: time)
  }
}
