/// How a segment whose file is written over says where its records end: by zeros, so that what an older segment left behind
/// them is told from a record that was not written to its end.
///
/// Records are never found by it: those of an older segment have lower numbers, and are passed over for that.
enum SegmentEnd {
  /// As long as a record's header.
  static let bytes = [UInt8](repeating: 0, count: RecordHeader.length)

  /// Behind what may have been written behind the last whole record, at `end`; `end` itself when nothing was.
  static func position(
    from end: Int, _ header: SegmentHeader, _ file: Int32, _ path: String, size: Int,
    _ disk: any QueueDisk
  ) throws(QueueError) -> Int {
    guard header.isWrittenOver, end < size else { return size }
    var found: [UInt8] = []
    try disk.read(bytes.count, of: file, at: end, into: &found, path)
    if found.allSatisfy({ $0 == 0 }) { return end }
    // No record of this segment follows, so the next header is the older one's.
    let older = RecordSearch(file: file, path: path, size: size, firstSequence: 0, disk: disk)
    return try older.search(from: end + 1)?.offset ?? size
  }
}
