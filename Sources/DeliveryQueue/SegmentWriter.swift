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
  /// Whether a record was taken away again since then: until that is on the disk too, all of it may come back there.
  private var isCut = false
  /// How far the disk was asked to begin writing.
  private var startedSize = 0
  /// So many bytes are left to the disk at once, in whole pages: one that is written to again would go there twice.
  private static let writeAheadLength = 1 << 20
  private static let pageLength = 4096
  /// What is written behind each record, and over by the next: nothing in a new file.
  private let ending: [UInt8]
  /// Behind what the file has of the disk: room ahead, or what is written over.
  private var heldSize: Int
  /// At most so much at a time, and no more than what was appended before: what is small takes no room ahead.
  private static let reserveLength = 8 << 20
  private static let shortestReserve = 1 << 20
  private var frame: [UInt8] = []

  /// Makes the file, or takes a spare one for it, and returns when its name is on the disk.
  ///
  /// When it throws, neither is there any more.
  init(
    folder: String, firstSequence: UInt64, over spare: SpareSegment? = nil,
    key: borrowing SecretBytes, _ settings: QueueSettings, _ disk: any QueueDisk
  ) throws(QueueError) {
    let header = SegmentHeader(
      firstSequence: firstSequence, madeUnixMilliseconds: settings.now(),
      isWrittenOver: spare != nil)
    let cipher: SegmentCipher
    do throws(CryptographyError) {
      cipher = try SegmentCipher(header, key: key, name: settings.name)
    } catch {
      throw .cryptography(error)
    }
    let path = QueueSegment.path(in: folder, first: firstSequence)
    let ending = spare == nil ? [] : SegmentEnd.bytes
    let file: Int32
    if let spare {
      file = try spare.become(path, in: folder, startingWith: header.bytes + ending, disk)
    } else {
      file = try Self.make(path, in: folder, header, disk)
    }
    self.path = path
    self.file = file
    self.disk = disk
    self.cipher = cipher
    self.ending = ending
    heldSize = spare?.size ?? 0
  }

  private static func make(
    _ path: String, in folder: String, _ header: SegmentHeader, _ disk: any QueueDisk
  ) throws(QueueError) -> Int32 {
    let file = try disk.open(path, .create)
    do throws(QueueError) {
      try disk.write(header.bytes, to: file, at: 0, path)
      try disk.syncFolder(folder)
    } catch {
      disk.close(file)
      try? disk.remove(path)
      throw error
    }
    return file
  }

  deinit {
    if heldSize > size { try? disk.truncate(file, to: size, path) }
    disk.close(file)
  }

  /// Appends a record; after a failure nothing of it is left, and another may follow.
  mutating func append(
    _ block: EventBlock, sequence: UInt64, time: Int64
  ) throws(QueueError) {
    ordinal += 1
    try cipher.seal(block, sequence: sequence, ordinal: ordinal, time: time, into: &frame)
    reserveRoom(for: frame.count)
    let end = size + frame.count
    frame += ending
    do throws(QueueError) {
      try disk.write(frame, to: file, at: size, path)
    } catch {
      cutBack(to: size)
      isCut = true
      throw error
    }
    size = end
    if !ending.isEmpty { heldSize = max(heldSize, end + ending.count) }
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
    guard size + length > heldSize, size >= Self.shortestReserve else { return }
    let start = max(size, heldSize)
    let end = size + length + min(size, Self.reserveLength)
    disk.reserve(start..<end, of: file)
    heldSize = end
  }

  /// Gives back what the file has behind its records; should that fail, the next opening of the queue does.
  mutating func releaseRoom() {
    if heldSize > size { cutBack(to: size) }
  }

  private mutating func cutBack(to end: Int) {
    try? disk.truncate(file, to: end, path)
    heldSize = 0
  }

  /// How long the record of a block would be.
  static func length(of block: EventBlock) -> Int {
    RecordHeader.length + block.encodedLength + AES256GCM.tagLength
  }

  mutating func sync() throws(QueueError) {
    guard syncedSize < size || isCut else { return }
    try disk.sync(file, path)
    syncedSize = size
    isCut = false
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
