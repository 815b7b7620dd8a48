internal import Glibc

/// What an interrupted write had left.
struct TornTail: Sendable {
  let segment: Int
  let bytes: Int
  let savedAs: String
}

/// The segment that is written to, and where the chain stands; used under the folder's lock.
struct Segment: ~Copyable {
  private let folder: AuditFolder
  private let workspaceID: String
  private var number = 1
  private var file: SegmentFile
  private var reader: ChainReader
  /// Set when it is not known what is on the disk; from then on nothing is written.
  private var failure: AuditError?

  init(
    _ folder: AuditFolder, _ position: ChainReader.Position, _ workspaceID: String
  ) throws(AuditError) {
    let first = try SegmentFile(path: folder.segment(1), writing: true)
    try folder.sync()
    self.folder = folder
    self.workspaceID = workspaceID
    file = first
    reader = ChainReader(from: position, workspaceID: workspaceID)
  }

  /// Reads what other processes have written since; gives the torn tail that was cut off, if there was one.
  mutating func catchUp() throws(AuditError) -> TornTail? {
    if let failure { throw failure }
    guard file.isInPlace else { throw .replaced(path: file.path) }
    while true {
      switch try reader.read(file) {
      case .complete where folder.exists(number + 1): try open(number + 1)
      case .complete: return nil
      case .tornTail(let bytes): return try cut(bytes)
      case .tampered(let sequence, let offset, let reason):
        throw .tampered(path: file.path, sequence: sequence, offset: offset, reason: reason)
      }
    }
  }

  mutating func append(_ entry: AuditEntry) throws(AuditError) -> AuditRecord {
    if let failure { throw failure }
    if reader.position.offset >= AuditLog.segmentSize { try open(number + 1) }
    var record = AuditRecord(
      sequence: reader.position.sequence + 1,
      timestamp: AuditTime.now(notBefore: reader.position.timestamp), workspaceID: workspaceID,
      entry: entry, previous: reader.position.hash, hash: reader.position.hash)
    let line = RecordWriter.line(&record)
    guard line.count <= AuditRecord.longest else { throw .recordTooLong(bytes: line.count) }
    try file.append(line, size: reader.position.offset)
    do throws(AuditError) { try file.sync() } catch {
      failure = error
      throw error
    }
    reader.advance(record, line.count)
    return record
  }

  private mutating func open(_ number: Int) throws(AuditError) {
    file = try SegmentFile(path: folder.segment(number), writing: true)
    self.number = number
    reader.startSegment()
    try folder.sync()
  }

  /// Sets the bytes behind the last whole line aside and cuts them off.
  private mutating func cut(_ bytes: Int) throws(AuditError) -> TornTail {
    let offset = reader.position.offset
    var tail = [UInt8](repeating: 0, count: bytes)
    _ = try file.read(into: &tail, from: offset)
    let path = folder.tornTail(number, offset)
    let aside = try SegmentFile(path: path, writing: true)
    try aside.truncate(to: 0)
    try aside.append(tail, size: 0)
    try aside.sync()
    try folder.sync()
    try file.truncate(to: offset)
    return TornTail(segment: number, bytes: bytes, savedAs: "torn-\(number)-\(offset)")
  }
}

/// Keeps every other process and thread out of the folder while it lives.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  init(_ path: String) throws(AuditError) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .cannotOpen(path: path, code: errno) }
    }
  }

  deinit { close(descriptor) }
}
