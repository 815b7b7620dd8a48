/// Takes a queue's folder as a crash left it, and makes it whole: no content of it makes this fail.
///
/// What cannot be read is set aside under another name and told; the rest is delivered.
struct QueueRecovery {
  let folder: String
  let disk: any QueueDisk
  private(set) var segments: [QueueSegment] = []
  private(set) var damage: [QueueDamage] = []
  /// The numbers of the events that can be read.
  private var present: [Range<UInt64>] = []

  /// The numbers of events that a segment lost between two of its records.
  private var holes: [Range<UInt64>] = []
  /// Behind the last event of which the note says that it was durable.
  private let knownEnd: UInt64

  /// Throws when a segment can neither be read nor set aside, or not because of what this process may do: what is in
  /// it would be taken for delivered otherwise.
  init(folder: String, _ note: Cursor?, disk: any QueueDisk) throws(QueueError) {
    self.folder = folder
    self.disk = disk
    knownEnd = note?.end ?? .max
    for name in try disk.names(in: folder) {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(QueueSegment.suffix) { try recover(path) }
      // One that stays costs only its room.
      if name.hasSuffix(SpareSegment.suffix) { try? disk.remove(path) }
    }
    segments.sort { $0.sequences.lowerBound < $1.sequences.lowerBound }
    present.sort { $0.lowerBound < $1.lowerBound }
  }

  /// What is settled and where new events begin, by the note, if there is one, and by what is there.
  ///
  /// Numbers that no segment has were delivered or are lost: nobody waits for them.
  func position(_ note: Cursor?) -> (settled: SequenceSet, end: UInt64) {
    let last = present.last?.upperBound ?? 0
    let end = max(last, note?.end ?? 0, note?.settled.end ?? 0)
    var settled = note?.settled ?? SequenceSet()
    var next: UInt64 = 0
    for range in present {
      if range.lowerBound > next { settled.insert(next..<range.lowerBound) }
      next = max(next, range.upperBound)
    }
    if next < end { settled.insert(next..<end) }
    return (settled, end)
  }

  /// How many events are lost: they were durable, by the note or by what stands around them, were not settled, and no
  /// segment has them.
  func lostEvents(_ note: Cursor?) -> Int {
    var lost = SequenceSet()
    for hole in holes where hole.lowerBound < knownEnd {
      lost.insert(hole.lowerBound..<min(hole.upperBound, knownEnd))
    }
    if let note, note.isWhole {
      var next = note.settled.low
      for range in present {
        if range.lowerBound > next {
          lost.insert(next..<min(range.lowerBound, max(next, note.end)))
        }
        next = max(next, range.upperBound)
      }
      if next < note.end { lost.insert(next..<note.end) }
    }
    let known = note?.settled ?? SequenceSet()
    return ([0..<lost.low] + lost.ranges).reduce(0) { $0 + $1.count - known.count(in: $1) }
  }

  private mutating func recover(_ path: String) throws(QueueError) {
    var size = 0
    do throws(QueueError) {
      let file = try twice { () throws(QueueError) in try disk.open(path, .update) }
      defer { disk.close(file) }
      let scan = try twice { () throws(QueueError) in
        try SegmentScan(file, path, unsureStart: knownEnd, disk)
      }
      if let scan { return try keep(scan, file, path) }
      size = try disk.size(of: file, path)
      // Made, and then the process died.
      if size == 0 { return try disk.remove(path) }
    } catch {
      guard !error.isTheProcess else { throw error }
    }
    try setAside(
      path, size == 0 || size >= SegmentHeader.length ? .unreadableSegment : .tornTail, size)
  }

  /// Makes what was found surely on the disk: a killed process may not have synced it.
  ///
  /// A sync alone does not, as an earlier one may have failed; so it is written again as it is. Should that fail, what can
  /// be read is delivered all the same.
  private func makeDurable(_ range: Range<Int>, of file: Int32, _ path: String) {
    try? twice { () throws(QueueError) in
      var bytes: [UInt8] = []
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
        let count = min(1 << 20, range.upperBound - start)
        try disk.read(count, of: file, at: start, into: &bytes, path)
        try disk.write(bytes, to: file, at: start, path)
      }
      try disk.sync(file, path)
    }
  }

  /// A disk that failed once is asked once more, since what it does not give is set aside.
  private func twice<Value>(
    _ body: () throws(QueueError) -> Value
  ) throws(QueueError) -> Value {
    do throws(QueueError) { return try body() } catch { return try body() }
  }

  private mutating func keep(
    _ scan: SegmentScan, _ file: Int32, _ path: String
  ) throws(QueueError) {
    // First, as what is set aside needs room; room that is not given back costs no record.
    try? disk.releaseRoom(of: file, path)
    // What there is no room for stays where it is, and so does the segment when it is done.
    var isKept = false
    for gap in scan.gaps where !copyAside(.damagedRecord, gap, file, path) { isKept = true }
    for gap in scan.unwritten where !copyAside(.tornTail, gap, file, path) { isKept = true }
    if !scan.torn.isEmpty, !copyAside(.tornTail, scan.torn, file, path) {
      isKept = true
    } else if scan.end < scan.size {
      try twice { () throws(QueueError) in try disk.truncate(file, to: scan.end, path) }
    }
    if let start = scan.unsureOffset { makeDurable(start..<scan.end, of: file, path) }
    guard !scan.sequences.isEmpty || isKept else {
      return try twice { () throws(QueueError) in try disk.remove(path) }
    }
    present += scan.sequences
    var next = scan.header.firstSequence
    for range in scan.sequences {
      if next < range.lowerBound { holes.append(next..<range.lowerBound) }
      next = range.upperBound
    }
    segments.append(
      QueueSegment(
        path: path, sequences: scan.header.firstSequence..<scan.endSequence, size: scan.end,
        firstUnixMilliseconds: scan.firstUnixMilliseconds ?? 0, isActive: false, isKept: isKept))
  }

  private mutating func copyAside(
    _ kind: QueueDamage.Kind, _ range: Range<Int>, _ file: Int32, _ path: String
  ) -> Bool {
    let found = DamagedBytes.copy(range, of: file, path, disk)
    if found?.isNew != false { note(kind, found?.path, range.count) }
    return found != nil
  }

  private mutating func setAside(
    _ path: String, _ kind: QueueDamage.Kind, _ bytes: Int
  ) throws(QueueError) {
    let aside = path + DamagedBytes.suffix
    try disk.rename(path, to: aside)
    try twice { () throws(QueueError) in try disk.syncFolder(folder) }
    note(kind, aside, bytes)
  }

  private mutating func note(_ kind: QueueDamage.Kind, _ path: String?, _ bytes: Int) {
    damage.append(QueueDamage(kind: kind, setAside: path, bytes: bytes))
  }
}

/// Bytes of a segment that are no record, kept in a file of their own until somebody has looked.
enum DamagedBytes {
  static let suffix = ".damaged"

  /// Copies them, still sealed; nil when that cannot be done, and not new when it was done before.
  static func copy(
    _ range: Range<Int>, of file: Int32, _ path: String, _ disk: any QueueDisk
  ) -> (path: String, isNew: Bool)? {
    let aside = "\(path)-\(range.lowerBound)\(suffix)"
    do throws(QueueError) {
      let copy = try disk.open(aside, .update)
      defer { disk.close(copy) }
      if try disk.size(of: copy, aside) == range.count { return (aside, false) }
      var bytes: [UInt8] = []
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
        let count = min(1 << 20, range.upperBound - start)
        try disk.read(count, of: file, at: start, into: &bytes, path)
        try disk.write(bytes, to: copy, at: start - range.lowerBound, aside)
      }
      try disk.sync(copy, aside)
      return (aside, true)
    } catch {
      return nil
    }
  }
}
