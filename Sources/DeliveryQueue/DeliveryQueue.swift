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
  let key: SecretBytes
  let disk: any QueueDisk
  // Locked in this order: the reader, the writer, the cursor, the ledger.
  let writer = Mutex<SegmentWriter?>(nil)
  let reader: Mutex<SegmentReader>
  let cursor: Mutex<DurableNote>
  let ledger: Mutex<QueueLedger>

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
    let recovery = try QueueRecovery(folder: folder, note, disk: disk)
    let (settled, end) = recovery.position(note)
    var ledger = QueueLedger(segments: recovery.segments, settled: settled, end: end)
    ledger.damage = recovery.damage
    ledger.lostEvents = recovery.lostEvents(note)
    if ledger.lostEvents > 0 {
      ledger.damage.append(
        QueueDamage(kind: .lostEvents, setAside: nil, bytes: 0, events: ledger.lostEvents))
    }
    if isLost { ledger.damage.append(QueueDamage(kind: .lostCursor, setAside: nil, bytes: 0)) }
    // Both places are written once, so that later notes need no new room on the disk.
    for _ in 0..<2 {
      try cursor.write(Cursor(settled: settled, end: end).bytes)
      try cursor.sync()
    }
    for segment in ledger.takeDone() { try segment.leave(disk) }
    self.folder = folder
    self.key = key
    self.settings = settings
    self.disk = disk
    reader = Mutex(SegmentReader(next: settled.low, settings, disk))
    self.cursor = Mutex(cursor)
    self.ledger = Mutex(ledger)
  }
}

// MARK: - Any thread

extension DeliveryQueue {
  package var state: QueueState {
    ledger.withLock { ledger in
      let oldest = ledger.segments.first { !ledger.isDone($0) }?.firstUnixMilliseconds
      return QueueState(
        waiting: ledger.waiting, bytes: ledger.bytes, segments: ledger.segments.count,
        oldestUnixMilliseconds: ledger.waiting > 0 ? oldest : nil, lostEvents: ledger.lostEvents)
    }
  }

  /// Whether an event of these numbers is durable and not settled.
  package func isWaiting(_ sequences: Range<UInt64>) -> Bool {
    ledger.withLock { ledger in
      let known = sequences.clamped(to: 0..<ledger.durableEnd)
      return ledger.settled.count(in: known) < known.count
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
    // Nobody reads a segment whose file may be written over.
    try reader.withLock { (reader) throws(QueueError) in
      try writer.withLock { (writer) throws(QueueError) in
        try sync(&writer)
        let (waiting, end) = ledger.withLock { ($0.waiting, $0.durableEnd) }
        try settle(0..<end)
        reader.next = end
        try finishSegment(&writer)
        return waiting
      }
    }
  }

  /// Notes what is settled, durably, and removes what is done; the events that wait stay for the next time.
  package func close() throws(QueueError) {
    try writer.withLock { (writer) throws(QueueError) in try finishSegment(&writer) }
    try removeDone()
    try removeSpare()
  }
}
