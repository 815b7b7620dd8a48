/// Finds the records of a segment by their headers.
struct RecordSearch {
  let file: Int32
  let path: String
  let size: Int
  /// The number of the segment's first event.
  let firstSequence: UInt64
  let disk: any QueueDisk

  /// The next header from `offset` on whose record fits into the file.
  func next(from offset: Int) throws(QueueError) -> (offset: Int, record: RecordHeader)? {
    var bytes: [UInt8] = []
    guard offset + RecordHeader.length <= size else { return nil }
    try disk.read(RecordHeader.length, of: file, at: offset, into: &bytes, path)
    if let record = RecordHeader(bytes), fits(record, at: offset) { return (offset, record) }
    return try search(from: offset + 1)
  }

  /// Looks at every place, a mebibyte at a time.
  func search(
    from start: Int
  ) throws(QueueError) -> (offset: Int, record: RecordHeader)? {
    var window: [UInt8] = []
    let first = RecordHeader.magic[0]
    var offset = start
    while offset + RecordHeader.length <= size {
      try disk.read(min(1 << 20, size - offset), of: file, at: offset, into: &window, path)
      guard window.count >= RecordHeader.length else { return nil }
      for index in 0...window.count - RecordHeader.length
      where window[index] == first {
        if let record = RecordHeader(window, at: index), fits(record, at: offset + index) {
          return (offset + index, record)
        }
      }
      offset += window.count - RecordHeader.length + 1
    }
    return nil
  }

  private func fits(_ record: RecordHeader, at offset: Int) -> Bool {
    record.recordLength <= size - offset - RecordHeader.length
      && record.firstSequence >= firstSequence
  }
}
