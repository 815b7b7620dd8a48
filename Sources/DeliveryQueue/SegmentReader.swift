internal import Cryptography

/// Where the reading of a queue stands, and the segment that is open for it.
struct SegmentReader: ~Copyable {
  private let disk: any QueueDisk
  private let name: String
  private let spare: SpareBlocks
  /// The number of the next event.
  var next: UInt64
  /// Where in its segment the next record stands; `first` is that segment's first number.
  private(set) var place: (first: UInt64, offset: Int)?
  private var file: (first: UInt64, descriptor: Int32)?
  private var cipher: SegmentCipher?
  private var sealed: [UInt8] = []
  private var plaintext: [UInt8] = []

  init(next: UInt64, _ settings: QueueSettings, _ disk: any QueueDisk) {
    self.next = next
    name = settings.name
    spare = settings.spare
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
    /// What was set aside; nil when not all of it could be, and so the segment is to be kept.
    case damaged(aside: String?, bytes: Int, lost: Range<UInt64>)
  }

  /// Reads the next record of the segment, or says what of it is lost.
  ///
  /// Throws only when the segment cannot be opened.
  mutating func read(
    _ segment: QueueSegment, key: borrowing SecretBytes, isSettled: (Range<UInt64>) -> Bool
  ) throws(QueueError) -> Found {
    let descriptor = try open(segment, key)
    let offset = place?.offset ?? SegmentHeader.length
    let expected = max(next, segment.sequences.lowerBound)
    guard let (start, record) = header(from: offset, segment, descriptor) else {
      next = segment.sequences.upperBound
      return damaged(offset..<segment.size, lost: expected..<next, segment, descriptor)
    }
    // Places that recovery passed over hold no events: those are settled.
    if record.firstSequence > expected, !isSettled(expected..<record.firstSequence) {
      place = (segment.sequences.lowerBound, start)
      next = record.firstSequence
      return damaged(offset..<start, lost: expected..<next, segment, descriptor)
    }
    place = (segment.sequences.lowerBound, start + record.wholeLength)
    next = max(next, record.sequences.upperBound)
    if isSettled(record.sequences) { return .settled }
    if let block = block(record, at: start, segment, descriptor) { return .record(record, block) }
    return damaged(
      start..<start + record.wholeLength, lost: record.sequences, segment, descriptor)
  }

  /// Nil when it is not authentic, or when the disk does not give it: asked twice, as it may have failed once.
  private mutating func block(
    _ record: RecordHeader, at start: Int, _ segment: QueueSegment, _ descriptor: Int32
  ) -> EventBlock? {
    for _ in 0..<2 {
      do throws(QueueError) {
        try disk.read(
          record.recordLength, of: descriptor, at: start + RecordHeader.length, into: &sealed,
          segment.path)
        return cipher?.open(sealed, record, by: &plaintext, spare) ?? nil
      } catch {
        continue
      }
    }
    return nil
  }

  private func damaged(
    _ range: Range<Int>, lost: Range<UInt64>, _ segment: QueueSegment, _ descriptor: Int32
  ) -> Found {
    let aside = DamagedBytes.copy(range, of: descriptor, segment.path, disk)
    return .damaged(aside: aside?.path, bytes: range.count, lost: lost)
  }

  private mutating func open(
    _ segment: QueueSegment, _ key: borrowing SecretBytes
  ) throws(QueueError) -> Int32 {
    let first = segment.sequences.lowerBound
    if place?.first != first { place = (first, SegmentHeader.length) }
    if let file, file.first == first { return file.descriptor }
    if let file { disk.close(file.descriptor) }
    file = nil
    cipher = nil
    let descriptor = try disk.open(segment.path, .read)
    do throws(QueueError) {
      cipher = try cipher(of: segment, descriptor, key)
    } catch {
      disk.close(descriptor)
      throw error
    }
    file = (first, descriptor)
    return descriptor
  }

  /// Nil for a segment whose header is none any more.
  private func cipher(
    of segment: QueueSegment, _ descriptor: Int32, _ key: borrowing SecretBytes
  ) throws(QueueError) -> SegmentCipher? {
    var bytes: [UInt8] = []
    try disk.read(SegmentHeader.length, of: descriptor, at: 0, into: &bytes, segment.path)
    guard let header = SegmentHeader(bytes) else { return nil }
    do throws(CryptographyError) {
      return try SegmentCipher(header, key: key, name: name)
    } catch {
      throw .cryptography(error)
    }
  }

  /// The next header from `offset` on, wherever it stands; nil also when the disk does not give it, asked twice.
  private func header(
    from offset: Int, _ segment: QueueSegment, _ descriptor: Int32
  ) -> (Int, RecordHeader)? {
    let search = RecordSearch(
      file: descriptor, path: segment.path, size: segment.size,
      firstSequence: segment.sequences.lowerBound, disk: disk)
    for _ in 0..<2 {
      do throws(QueueError) {
        return try search.next(from: offset)
      } catch {
        continue
      }
    }
    return nil
  }
}
