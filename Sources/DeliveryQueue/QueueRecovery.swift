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

  init(folder: String, disk: any QueueDisk) throws(QueueError) {
    self.folder = folder
    self.disk = disk
    for name in try disk.names(in: folder) where name.hasSuffix(QueueSegment.suffix) {
      recover("\(folder)/\(name)")
    }
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

  private mutating func recover(_ path: String) {
    do throws(QueueError) {
      let file = try disk.open(path, .update)
      defer { disk.close(file) }
      guard let scan = try SegmentScan(file, path, disk) else {
        return try setAside(path, bytes: disk.size(of: file, path))
      }
      try keep(scan, file, path)
    } catch {
      try? setAside(path, bytes: 0)
    }
  }

  private mutating func keep(
    _ scan: SegmentScan, _ file: Int32, _ path: String
  ) throws(QueueError) {
    for gap in scan.gaps { copyAside(.damagedRecord, gap, file, path) }
    if scan.tornLength > 0 {
      copyAside(.tornTail, scan.end..<scan.size, file, path)
      try disk.truncate(file, to: scan.end, path)
      try disk.sync(file, path)
    }
    guard !scan.sequences.isEmpty else { return try disk.remove(path) }
    present += scan.sequences
    segments.append(
      QueueSegment(
        path: path, sequences: scan.header.firstSequence..<scan.endSequence, size: scan.end,
        firstUnixMilliseconds: scan.firstUnixMilliseconds ?? 0, isActive: false))
  }

  private mutating func copyAside(
    _ kind: QueueDamage.Kind, _ range: Range<Int>, _ file: Int32, _ path: String
  ) {
    if let found = DamagedBytes.copy(range, of: file, path, disk) {
      if found.isNew { note(kind, found.path, range.count) }
    } else {
      note(kind, nil, range.count)
    }
  }

  private mutating func setAside(_ path: String, bytes: Int) throws(QueueError) {
    let aside = path + DamagedBytes.suffix
    try disk.rename(path, to: aside)
    try disk.syncFolder(folder)
    note(.unreadableSegment, aside, bytes)
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
