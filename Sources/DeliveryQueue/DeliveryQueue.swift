package import Cryptography
internal import Synchronization

/// Events of one destination that are to be delivered: on the disk, sealed, until each is settled.
///
/// ```
/// append ─▶ sync ─▶ (the source is told) ─▶ next ─▶ delivered or a dead letter ─▶ settle ─▶ segment removed
/// ```
///
/// One thread appends and syncs, one takes and settles; both at once. Everything else any thread may ask.
package final class DeliveryQueue: Sendable {
  package let folder: String
  package let settings: QueueSettings
  private let key: SecretBytes
  private let disk: any QueueDisk
  private let ledger: Mutex<QueueLedger>
  private let writer = Mutex<SegmentWriter?>(nil)
  private let reader: Mutex<SegmentReader>
  private let cursor: Mutex<DurableNote>

  /// Opens the queue of a folder, or makes it; what a crash left is put right, whatever it is.
  ///
  /// Throws only when the folder cannot be used at all: no permission, no space, no such disk.
  package init(
    folder: String, key: consuming SecretBytes, settings: QueueSettings,
    disk: any QueueDisk = SystemDisk()
  ) throws(QueueError) {
    try disk.makeFolder(folder)
    var cursor = try DurableNote(path: "\(folder)/\(Cursor.name)", disk: disk)
    let note = cursor.found.flatMap(Cursor.init)
    let isLost = cursor.wasLost || cursor.found != nil && note == nil
    let recovery = try QueueRecovery(folder: folder, disk: disk)
    let (settled, end) = recovery.position(note)
    var ledger = QueueLedger(segments: recovery.segments, settled: settled, end: end)
    ledger.damage = recovery.damage
    if isLost { ledger.damage.append(QueueDamage(kind: .lostCursor, setAside: nil, bytes: 0)) }
    // Both places are written once, so that later notes need no new room on the disk.
    for _ in 0..<2 {
      try cursor.write(Cursor(settled: settled, end: end).bytes)
      try cursor.sync()
    }
    for segment in ledger.takeDone() { try disk.remove(segment.path) }
    self.folder = folder
    self.key = key
    self.settings = settings
    self.disk = disk
    reader = Mutex(SegmentReader(next: settled.low, name: settings.name, disk))
    self.cursor = Mutex(cursor)
    self.ledger = Mutex(ledger)
  }
}

// MARK: - Appending

extension DeliveryQueue {
  /// Appends a block; it is durable, and given out, only after ``sync()``.
  ///
  /// Throws `full`, `diskFull`, `blockTooLong` or `fileFailed`, and nothing of the block is kept then.
  package func append(_ block: EventBlock) throws(QueueError) {
    guard !block.isEmpty else { return }
    try writer.withLock { (writer) throws(QueueError) in
      try makeRoom(for: block, &writer)
      let sequence = ledger.withLock { $0.appendedEnd }
      let time = settings.now()
      try writer?.append(block, sequence: sequence, time: time)
      note(block, sequence, time, size: writer?.size ?? 0)
    }
  }

  private func note(_ block: EventBlock, _ sequence: UInt64, _ time: Int64, size: Int) {
    let sequences = sequence..<sequence + UInt64(block.events.count)
    ledger.withLock { ledger in
      ledger.appendedEnd = sequences.upperBound
      let last = ledger.segments.count - 1
      let first = ledger.segments[last].sequences.lowerBound
      ledger.segments[last].sequences = first..<sequences.upperBound
      ledger.segments[last].size = size
      ledger.keep(
        .init(
          sequences: sequences, block: block, segmentFirst: first, endOffset: size,
          appendedUnixMilliseconds: time), limit: settings.memoryBytes)
    }
  }

  /// Sees that there is a segment to append to, and that the queue may grow by the block.
  private func makeRoom(
    for block: EventBlock, _ writer: inout SegmentWriter?
  ) throws(QueueError) {
    let length = SegmentWriter.length(of: block)
    var isFull = !ledger.withLock { $0.bytes + length <= settings.maximumBytes }
    let isLong = (writer?.size ?? 0) >= settings.segmentBytes
    if isLong || isFull && ledger.withLock({ $0.waiting == 0 }) {
      try finishSegment(&writer)
      isFull = !ledger.withLock { $0.bytes + length <= settings.maximumBytes || $0.bytes == 0 }
    }
    guard !isFull else { throw .full(folder: folder, maximumBytes: settings.maximumBytes) }
    if writer == nil { writer = try newSegment() }
  }

  private func newSegment() throws(QueueError) -> SegmentWriter {
    let first = ledger.withLock { $0.appendedEnd }
    let writer = try SegmentWriter(
      folder: folder, firstSequence: first, key: key, settings, disk)
    let segment = QueueSegment(
      path: writer.path, sequences: first..<first, size: writer.size,
      firstUnixMilliseconds: settings.now(), isActive: true)
    ledger.withLock { $0.segments.append(segment) }
    return writer
  }

  /// No more is appended to the present segment; when all in it is settled, it goes.
  private func finishSegment(_ writer: inout SegmentWriter?) throws(QueueError) {
    guard writer != nil else { return }
    try sync(&writer)
    writer = nil
    ledger.withLock { ledger in
      for index in ledger.segments.indices { ledger.segments[index].isActive = false }
    }
    try removeDone()
  }

  /// Returns when everything that was appended is on the disk.
  ///
  /// When it throws, what was appended since the last time is not kept: the source was not told, and sends it again.
  package func sync() throws(QueueError) {
    try writer.withLock { (writer) throws(QueueError) in try sync(&writer) }
  }

  private func sync(_ writer: inout SegmentWriter?) throws(QueueError) {
    do throws(QueueError) {
      try writer?.sync()
      ledger.withLock { $0.durableEnd = $0.appendedEnd }
    } catch {
      abandon(&writer)
      throw error
    }
  }

  /// After a failed sync nobody knows what the disk has, and asking again would say yes: the segment ends before it.
  private func abandon(_ writer: inout SegmentWriter?) {
    let hasRecords = writer?.cutBack() ?? false
    let size = writer?.size ?? 0
    writer = nil
    let empty = ledger.withLock { ledger -> QueueSegment? in
      let last = ledger.segments.count - 1
      let kept = ledger.segments[last].sequences.lowerBound..<ledger.durableEnd
      ledger.segments[last].sequences = kept
      ledger.segments[last].size = size
      ledger.segments[last].isActive = false
      ledger.forgetRecent(from: ledger.durableEnd)
      ledger.settled.insert(ledger.durableEnd..<ledger.appendedEnd)
      ledger.durableEnd = ledger.appendedEnd
      return hasRecords ? nil : ledger.segments.removeLast()
    }
    if let empty { try? disk.remove(empty.path) }
  }
}

// MARK: - Taking

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
    case .damaged(let damage, let lost):
      let events = ledger.withLock { ledger in
        ledger.damage.append(damage)
        let events = lost.count - ledger.settled.count(in: lost)
        ledger.lostEvents += events
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
      try cursor.write(Cursor(settled: settled, end: end).bytes)
      if isAnyDone { try removeDone(&cursor) }
    }
  }

  /// Makes durable what is settled; for once a second or so.
  package func checkpoint() throws(QueueError) {
    try cursor.withLock { (cursor) throws(QueueError) in try cursor.sync() }
  }

  private func removeDone() throws(QueueError) {
    try cursor.withLock { (cursor) throws(QueueError) in
      let (settled, end) = ledger.withLock { ($0.settled, $0.durableEnd) }
      try cursor.write(Cursor(settled: settled, end: end).bytes)
      try removeDone(&cursor)
    }
  }

  /// The note that names the segments' events as settled is on the disk before the first of them goes.
  private func removeDone(_ cursor: inout DurableNote) throws(QueueError) {
    try cursor.sync()
    for segment in ledger.withLock({ $0.takeDone() }) { try disk.remove(segment.path) }
  }
}

// MARK: - State

/// What a queue holds at one moment.
package struct QueueState: Sendable, Equatable {
  /// Events that are not settled.
  package var waiting = 0
  /// Of its segments, what is settled included.
  package var bytes = 0
  package var segments = 0
  /// About when the oldest of the waiting events was appended, milliseconds since 1970; nil when none waits.
  package var oldestUnixMilliseconds: Int64?
  /// Events lost with damaged records since it was opened.
  package var lostEvents = 0
}

extension DeliveryQueue {
  package var state: QueueState {
    ledger.withLock { ledger in
      let oldest = ledger.segments.first { !ledger.isDone($0) }?.firstUnixMilliseconds
      return QueueState(
        waiting: ledger.waiting, bytes: ledger.bytes, segments: ledger.segments.count,
        oldestUnixMilliseconds: ledger.waiting > 0 ? oldest : nil, lostEvents: ledger.lostEvents)
    }
  }

  /// What was found damaged since the last time this was asked.
  package func takeDamage() -> [QueueDamage] {
    ledger.withLock { ledger in
      defer { ledger.damage.removeAll() }
      return ledger.damage
    }
  }

  /// Forgets every event that waits; how many there were.
  package func purge() throws(QueueError) -> Int {
    try writer.withLock { (writer) throws(QueueError) in
      try sync(&writer)
      let (waiting, end) = ledger.withLock { ($0.waiting, $0.durableEnd) }
      try settle(0..<end)
      try finishSegment(&writer)
      return waiting
    }
  }

  /// Notes what is settled, durably, and removes what is done; the events that wait stay for the next time.
  package func close() throws(QueueError) {
    try writer.withLock { (writer) throws(QueueError) in try finishSegment(&writer) }
    try removeDone()
  }
}
