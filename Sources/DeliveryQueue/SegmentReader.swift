internal import Cryptography

/// Where the reading of a queue stands, and the segment that is open for it.
struct SegmentReader: ~Copyable {
  private let disk: any QueueDisk
  private let name: String
  /// The number of the next event.
  var next: UInt64
  /// Where in its segment the next record stands; `first` is that segment's first number.
  private(set) var place: (first: UInt64, offset: Int)?
  private var file: (first: UInt64, descriptor: Int32)?
  private var cipher: SegmentCipher?
  private var sealed: [UInt8] = []

  init(next: UInt64, name: String, _ disk: any QueueDisk) {
    self.next = next
    self.name = name
    self.disk = disk
  }

  deinit { if let file { disk.close(file.descriptor) } }

  /// Goes on behind a record that was not read from here.
  mutating func skip(to next: UInt64, segment first: UInt64, offset: Int) {
    self.next = next
    place = (first, offset)
  }

  enum Found {
    case record(RecordHeader, EventBlock)
    /// Its events were settled before.
    case settled
    case damaged(QueueDamage, lost: Range<UInt64>)
  }

  /// Reads the next record of the segment, or says that its rest is lost.
  ///
  /// Throws only when the segment cannot be opened.
  mutating func read(
    _ segment: QueueSegment, key: borrowing SecretBytes, isSettled: (Range<UInt64>) -> Bool
  ) throws(QueueError) -> Found {
    let descriptor = try open(segment, key)
    let offset = place?.offset ?? SegmentHeader.length
    guard let (start, record) = header(from: offset, segment, descriptor) else {
      let lost = max(next, segment.sequences.lowerBound)..<segment.sequences.upperBound
      next = lost.upperBound
      return .damaged(
        QueueDamage(kind: .damagedRecord, setAside: nil, bytes: segment.size - offset), lost: lost)
    }
    place = (segment.sequences.lowerBound, start + record.wholeLength)
    next = max(next, record.sequences.upperBound)
    if isSettled(record.sequences) { return .settled }
    return body(record, at: start, segment, descriptor)
  }

  private mutating func body(
    _ record: RecordHeader, at start: Int, _ segment: QueueSegment, _ descriptor: Int32
  ) -> Found {
    let offset = start + RecordHeader.length
    do throws(QueueError) {
      try disk.read(
        record.recordLength, of: descriptor, at: offset, into: &sealed, segment.path)
      if let block = cipher?.open(sealed, record) ?? nil { return .record(record, block) }
    } catch {
      // What the disk does not give is lost as much as what is not authentic.
    }
    let aside = DamagedBytes.copy(
      start..<start + record.wholeLength, of: descriptor, segment.path, disk)
    return .damaged(
      QueueDamage(kind: .damagedRecord, setAside: aside?.path, bytes: record.wholeLength),
      lost: record.sequences)
  }

  private mutating func open(
    _ segment: QueueSegment, _ key: borrowing SecretBytes
  ) throws(QueueError) -> Int32 {
    let first = segment.sequences.lowerBound
    if place?.first != first { place = (first, SegmentHeader.length) }
    if let file, file.first == first { return file.descriptor }
    if let file { disk.close(file.descriptor) }
    file = nil
    let descriptor = try disk.open(segment.path, .read)
    file = (first, descriptor)
    var bytes: [UInt8] = []
    try disk.read(SegmentHeader.length, of: descriptor, at: 0, into: &bytes, segment.path)
    cipher = nil
    guard let header = SegmentHeader(bytes) else { return descriptor }
    do throws(CryptographyError) {
      cipher = try SegmentCipher(header, key: key, name: name)
    } catch {
      throw .cryptography(error)
    }
    return descriptor
  }

  /// The next header from `offset` on; places where none stands are passed over, as recovery has told of them.
  private func header(
    from offset: Int, _ segment: QueueSegment, _ descriptor: Int32
  ) -> (Int, RecordHeader)? {
    do throws(QueueError) {
      return try RecordSearch(
        file: descriptor, path: segment.path, size: segment.size,
        firstSequence: segment.sequences.lowerBound, disk: disk
      ).next(from: offset)
    } catch {
      return nil
    }
  }
}
