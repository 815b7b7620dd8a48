/// What a segment's file holds, found by its headers alone; without a key, and whatever its bytes are.
///
/// Where no header stands, it looks for the next one: one damaged record costs no other.
struct SegmentScan {
  let header: SegmentHeader
  let size: Int
  /// Behind the last whole record.
  private(set) var end = SegmentHeader.length
  private(set) var firstUnixMilliseconds: Int64?
  /// The numbers of the events of whole records, neighbours joined.
  private(set) var sequences: [Range<UInt64>] = []
  /// Bytes between records that are none.
  private(set) var gaps: [Range<Int>] = []

  /// Behind its last event.
  var endSequence: UInt64 { sequences.last?.upperBound ?? header.firstSequence }
  /// Bytes behind the last whole record that are the beginning of another, or nobody knows what.
  private(set) var torn: Range<Int> = 0..<0

  /// Nil when the file is no segment.
  ///
  /// The last record's bytes are read too, as a crash may have left them unwritten.
  init?(_ file: Int32, _ path: String, _ disk: any QueueDisk) throws(QueueError) {
    size = try disk.size(of: file, path)
    var bytes: [UInt8] = []
    try disk.read(SegmentHeader.length, of: file, at: 0, into: &bytes, path)
    guard let header = SegmentHeader(bytes) else { return nil }
    self.header = header
    try scan(file, path, disk)
    torn = try end..<SegmentEnd.position(from: end, header, file, path, size: size, disk)
  }

  private mutating func scan(
    _ file: Int32, _ path: String, _ disk: any QueueDisk
  ) throws(QueueError) {
    let search = RecordSearch(
      file: file, path: path, size: size, firstSequence: header.firstSequence, disk: disk)
    var offset = SegmentHeader.length
    var last: (offset: Int, record: RecordHeader)?
    while let found = try search.next(from: offset) {
      if found.offset > offset { gaps.append(offset..<found.offset) }
      if let last { note(last.record) }
      last = found
      offset = found.offset + found.record.wholeLength
    }
    guard let last else { return }
    if try isWhole(last.record, at: last.offset, file, path, disk) {
      note(last.record)
      end = offset
    } else {
      end = last.offset
      // What stands before it and is no record either belongs to the same torn end.
      if let gap = gaps.last, gap.upperBound == end { end = gaps.removeLast().lowerBound }
    }
  }

  private mutating func note(_ record: RecordHeader) {
    if firstUnixMilliseconds == nil { firstUnixMilliseconds = record.appendedUnixMilliseconds }
    if let last = sequences.last, last.upperBound == record.firstSequence {
      sequences[sequences.count - 1] = last.lowerBound..<record.sequences.upperBound
    } else {
      sequences.append(record.sequences)
    }
  }

  private func isWhole(
    _ record: RecordHeader, at offset: Int, _ file: Int32, _ path: String,
    _ disk: any QueueDisk
  ) throws(QueueError) -> Bool {
    var bytes: [UInt8] = []
    try disk.read(
      record.recordLength, of: file, at: offset + RecordHeader.length, into: &bytes, path)
    return bytes.count == record.recordLength
      && CRC32C.checksum(bytes, bytes.indices) == record.checksum
  }
}
