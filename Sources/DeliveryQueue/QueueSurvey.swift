/// What lies in a queue's folder, without its key and without changing anything: also while a host works on it.
package struct QueueSurvey: Sendable, Equatable {
  /// Events that are not settled, as far as the note of it says.
  package private(set) var waiting = 0
  package private(set) var bytes = 0
  package private(set) var segments = 0
  /// About when the oldest of them was appended, milliseconds since 1970; nil when none waits.
  package private(set) var oldestUnixMilliseconds: Int64?
  /// Files of bytes that could not be read.
  package private(set) var damagedFiles = 0

  /// A folder that is not there is an empty queue.
  package init(folder: String, disk: any QueueDisk = SystemDisk()) throws(QueueError) {
    guard let names = try? disk.names(in: folder) else { return }
    damagedFiles = names.count { $0.hasSuffix(DamagedBytes.suffix) }
    let settled = Self.cursor(folder, disk)?.settled ?? SequenceSet()
    for name in names where name.hasSuffix(QueueSegment.suffix) {
      // A segment that a host removes meanwhile is done.
      guard let scan = Self.scan("\(folder)/\(name)", disk) else { continue }
      segments += 1
      bytes += scan.end
      let open = scan.sequences.reduce(0) { $0 + $1.count - settled.count(in: $1) }
      waiting += open
      if open > 0, oldestUnixMilliseconds == nil {
        oldestUnixMilliseconds = scan.firstUnixMilliseconds
      }
    }
  }

  private static func cursor(_ folder: String, _ disk: any QueueDisk) -> Cursor? {
    let path = "\(folder)/\(Cursor.name)"
    guard let file = try? disk.open(path, .read) else { return nil }
    defer { disk.close(file) }
    return DurableNote.newest(in: file, path, disk).flatMap { Cursor($0.text) }
  }

  private static func scan(_ path: String, _ disk: any QueueDisk) -> SegmentScan? {
    guard let file = try? disk.open(path, .read) else { return nil }
    defer { disk.close(file) }
    guard let scan = try? SegmentScan(file, path, disk) else { return nil }
    // One that a host writes over meanwhile is done, too.
    var bytes: [UInt8] = []
    try? disk.read(SegmentHeader.length, of: file, at: 0, into: &bytes, path)
    return bytes == scan.header.bytes ? scan : nil
  }
}
