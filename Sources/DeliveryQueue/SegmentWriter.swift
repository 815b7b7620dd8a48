internal import Cryptography

/// The one segment that records are appended to; used by one thread at a time.
struct SegmentWriter: ~Copyable {
  let path: String
  let file: Int32
  private let disk: any QueueDisk
  private var cipher: SegmentCipher
  /// Counts every record that was sealed, also one that was not written: an IV is never used again.
  private var ordinal: UInt64 = 0
  /// Behind the last whole record.
  private(set) var size = SegmentHeader.length
  /// How much of it is surely on the disk.
  private(set) var syncedSize = 0
  /// How far the disk was asked to begin writing.
  private var startedSize = 0
  /// So many bytes are left to the disk at once, in whole pages: one that is written to again would go there twice.
  private static let writeAheadLength = 1 << 20
  private static let pageLength = 4096
  /// Behind the room that the file was given ahead.
  private var reservedSize = 0
  /// At most so much at a time, and no more than what was appended before: what is small takes no room ahead.
  private static let reserveLength = 8 << 20
  private static let shortestReserve = 1 << 20
  private var frame: [UInt8] = []

  /// Makes the file, and returns when its name is on the disk.
  init(
    folder: String, firstSequence: UInt64, key: borrowing SecretBytes, _ settings: QueueSettings,
    _ disk: any QueueDisk
  ) throws(QueueError) {
    let header = SegmentHeader(
      firstSequence: firstSequence, madeUnixMilliseconds: settings.now())
    let cipher: SegmentCipher
    do throws(CryptographyError) {
      cipher = try SegmentCipher(header, key: key, name: settings.name)
    } catch {
      throw .cryptography(error)
    }
    let path = QueueSegment.path(in: folder, first: firstSequence)
    let file = try disk.open(path, .create)
    do throws(QueueError) {
      try disk.write(header.bytes, to: file, at: 0, path)
      try disk.syncFolder(folder)
    } catch {
      disk.close(file)
      try? disk.remove(path)
      throw error
    }
    self.path = path
    self.file = file
    self.disk = disk
    self.cipher = cipher
  }

  deinit {
    if reservedSize > size { try? disk.truncate(file, to: size, path) }
    disk.close(file)
  }

  /// Appends a record; after a failure nothing of it is left, and another may follow.
  mutating func append(
    _ block: EventBlock, sequence: UInt64, time: Int64
  ) throws(QueueError) {
    ordinal += 1
    try cipher.seal(block, sequence: sequence, ordinal: ordinal, time: time, into: &frame)
    reserveRoom(for: frame.count)
    do throws(QueueError) {
      try disk.write(frame, to: file, at: size, path)
    } catch {
      cutBack(to: size)
      throw error
    }
    size += frame.count
    writeAhead()
  }

  /// The disk works at the last records while the next are sealed; the sync then waits for the rest only.
  private mutating func writeAhead() {
    let end = size / Self.pageLength * Self.pageLength
    guard end - startedSize >= Self.writeAheadLength else { return }
    disk.startWriting(startedSize..<end, of: file)
    startedSize = end
  }

  /// Blocks that the file has already are written to sooner than those it must be given with each write.
  private mutating func reserveRoom(for length: Int) {
    guard size + length > reservedSize, size >= Self.shortestReserve else { return }
    let start = max(size, reservedSize)
    let end = size + length + min(size, Self.reserveLength)
    disk.reserve(start..<end, of: file)
    reservedSize = end
  }

  /// Gives back the room ahead; should that fail, the next opening of the queue does.
  mutating func releaseRoom() {
    if reservedSize > size { cutBack(to: size) }
  }

  private mutating func cutBack(to end: Int) {
    try? disk.truncate(file, to: end, path)
    reservedSize = 0
  }

  /// How long the record of a block would be.
  static func length(of block: EventBlock) -> Int {
    RecordHeader.length + block.encodedLength + AES256GCM.tagLength
  }

  mutating func sync() throws(QueueError) {
    guard syncedSize < size else { return }
    try disk.sync(file, path)
    syncedSize = size
    startedSize = size / Self.pageLength * Self.pageLength
  }

  /// Takes away what is not surely on the disk, as far as that can be done.
  ///
  /// - Returns: whether a record is left.
  mutating func cutBack() -> Bool {
    size = max(syncedSize, SegmentHeader.length)
    cutBack(to: size)
    return syncedSize > SegmentHeader.length
  }
}
