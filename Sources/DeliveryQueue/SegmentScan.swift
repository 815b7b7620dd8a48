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
  /// The same, of records of which nobody was told that they are there.
  private(set) var unwritten: [Range<Int>] = []

  /// Behind its last event.
  var endSequence: UInt64 { sequences.last?.upperBound ?? header.firstSequence }
  /// Bytes behind the last whole record that are the beginning of another, or nobody knows what.
  private(set) var torn: Range<Int> = 0..<0

  /// Where the first record stands that was not surely on the disk.
  private(set) var unsureOffset: Int?
  /// The records from here on were not surely on the disk, as far as is known.
  private let unsureStart: UInt64

  /// Nil when the file is no segment.
  ///
  /// The bytes of the last record are read too, and those of all from `unsureStart` on, as a crash may have left them unwritten.
  init?(
    _ file: Int32, _ path: String, unsureStart: UInt64 = .max, _ disk: any QueueDisk
  ) throws(QueueError) {
    self.unsureStart = unsureStart
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
      if let last, try isThere(last, file, path, disk) { take(last.record, at: last.offset) }
      last = found
      offset = found.offset + found.record.wholeLength
    }
    if let last, try isWhole(last.record, at: last.offset, file, path, disk) {
      take(last.record, at: last.offset)
    }
  }

  private mutating func take(_ record: RecordHeader, at offset: Int) {
    if end < offset {
      let gap = end..<offset
      if endSequence < unsureStart { gaps.append(gap) } else { unwritten.append(gap) }
    }
    if unsureOffset == nil, record.sequences.upperBound > unsureStart { unsureOffset = offset }
    note(record)
    end = offset + record.wholeLength
  }

  private mutating func note(_ record: RecordHeader) {
    if firstUnixMilliseconds == nil { firstUnixMilliseconds = record.appendedUnixMilliseconds }
    if let last = sequences.last, last.upperBound == record.firstSequence {
      sequences[sequences.count - 1] = last.lowerBound..<record.sequences.upperBound
    } else {
      sequences.append(record.sequences)
    }
  }

  /// Of a record that another follows, a header is enough where it was surely on the disk.
  private func isThere(
    _ found: (offset: Int, record: RecordHeader), _ file: Int32, _ path: String,
    _ disk: any QueueDisk
  ) throws(QueueError) -> Bool {
    guard found.record.sequences.upperBound > unsureStart else { return true }
    return try isWhole(found.record, at: found.offset, file, path, disk)
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
