internal import Cryptography
internal import Glibc

/// The segment that is written to, and where the chain stands; used under the folder's lock.
struct Segment: ~Copyable {
  let folder: AuditFolder
  let workspaceID: String
  var number: Int
  var expired: ExpiredPart?
  private var file: SegmentFile
  var reader: ChainReader
  private(set) var digests = AuditedDigests()
  /// How many records the newest checkpoint of this segment covers; nil when it has none.
  var covered: UInt64?
  /// Set when it is not known what is on the disk; from then on nothing is written.
  private(set) var failure: AuditError?

  /// At most so many records stand behind the newest checkpoint.
  static let checkpointDistance: UInt64 = 256

  /// Opens the first segment, or makes it when there is none at all; ``start()`` comes next.
  init(_ folder: AuditFolder, workspaceID: String) throws(AuditError) {
    let expired = try folder.readExpired()
    let start = expired?.firstSegment ?? 1
    let last = try folder.lastSegment()
    for number in start..<max(last, start) where !folder.exists(number) {
      throw .missing(path: folder.segment(number))
    }
    // Only the very first segment is ever made here.
    guard expired == nil || last >= start else { throw .missing(path: folder.segment(start)) }
    let first = try folder.file(start, writing: true)
    try folder.sync()
    self.folder = folder
    self.workspaceID = workspaceID
    self.expired = expired
    file = first
    number = start
    reader = ChainReader(folder, workspaceID: workspaceID, after: expired)
  }

  /// Reads and verifies everything, and finishes what was interrupted.
  mutating func start() throws(AuditError) {
    try expectCheckpoint()
    try catchUp()
    if let expired {
      try reader.check(expired, path: folder.expired)
      try removeExpired()
    }
    do throws(AuditError) { try settle() } catch {
      // A log whose key is lost can be read; the next append tries again, and says so.
      guard error.isAboutLostKey else { throw error }
    }
  }

  /// Reads and verifies what was written since; sets a torn tail aside, cuts it off and records it.
  mutating func catchUp() throws(AuditError) {
    if let failure { throw failure }
    guard file.isInPlace else { throw .replaced(path: file.path) }
    var wasTorn = false
    while true {
      let state = reader.state
      guard file.size >= state.offset else {
        throw .tampered(
          path: file.path, sequence: state.sequence, offset: file.size,
          reason: "records that were read before are gone")
      }
      switch try read() {
      case .complete where folder.exists(number + 1):
        try reader.finishMarks()
        try open(number + 1)
      case .complete:
        try reader.finishMarks()
        if wasTorn { try settle() }
        return
      case .tornTail(let bytes):
        // A checkpoint is never ahead of its records: what is cut off was never answered.
        try reader.finishMarks()
        try cut(bytes)
        wasTorn = true
      case let end: throw AuditError(end, in: file.path)
      }
    }
  }

  private mutating func read() throws(AuditError) -> ChainReader.End {
    var digests = AuditedDigests()
    swap(&digests, &self.digests)
    defer { swap(&digests, &self.digests) }
    return try reader.read(file) { digests.note($0, $1) }
  }

  private mutating func open(_ number: Int) throws(AuditError) {
    file = try folder.file(number, writing: true)
    self.number = number
    reader.startSegment(number)
    covered = nil
    try folder.sync()
    try expectCheckpoint()
  }

  private mutating func expectCheckpoint() throws(AuditError) {
    guard let checkpoint = try folder.readCheckpoint(number) else { return }
    covered = checkpoint.size
    reader.expect(.init(path: folder.checkpoint(number), checkpoint: checkpoint))
  }
}

// MARK: - Appending

extension Segment {
  /// Writes the entries' records: one write and one sync for all that fit before the next checkpoint.
  mutating func append(_ entries: [AuditEntry]) -> [Result<AuditRecord, AuditError>] {
    var results: [Result<AuditRecord, AuditError>] = []
    while results.count < entries.count {
      do throws(AuditError) {
        if let failure { throw failure }
        try prepare()
        results += try commit(entries[results.count...])
      } catch {
        let missing = entries.count - results.count
        results += Array(repeating: .failure(error), count: missing)
      }
    }
    // The records are durable: should this fail, the next one to be written is refused instead.
    if isCheckpointDue { _ = try? writeCheckpoint() }
    return results
  }

  private var isCheckpointDue: Bool {
    covered.map { reader.state.sequence - $0 >= Segment.checkpointDistance } ?? true
  }

  /// What must be before a record: room in the segment, its key, a checkpoint that is near enough.
  private mutating func prepare() throws(AuditError) {
    if reader.state.offset >= folder.segmentSize {
      try writeCheckpoint()
      try open(number + 1)
    }
    if covered == nil { try settle() }
    if isCheckpointDue { try writeCheckpoint() }
  }

  mutating func commit(
    _ entries: ArraySlice<AuditEntry>
  ) throws(AuditError) -> [Result<AuditRecord, AuditError>] {
    var results: [Result<AuditRecord, AuditError>] = []
    var state = reader.state
    var bytes: [UInt8] = []
    let limit = (covered ?? state.sequence) + Segment.checkpointDistance
    for entry in entries {
      guard results.isEmpty || (state.offset < folder.segmentSize && state.sequence < limit)
      else { break }
      var record = state.next(entry, workspaceID)
      let line = RecordWriter.line(&record)
      guard line.count <= AuditRecord.longest else {
        results.append(.failure(.recordTooLong(bytes: line.count)))
        continue
      }
      state.advance(record, line.count)
      bytes += line
      results.append(.success(record))
    }
    try write(bytes)
    return results
  }

  /// Brings the lines to the disk; after a failed sync they are taken back, and nothing more is written.
  private mutating func write(_ bytes: [UInt8]) throws(AuditError) {
    guard !bytes.isEmpty else { return }
    let size = reader.state.offset
    try file.append(bytes, size: size)
    do throws(AuditError) {
      try file.sync()
      // What was written is read as any other reader would.
      let end = unsafe reader.take(bytes.span.bytes) { self.digests.note($0, $1) }
      if let end { throw AuditError(end, in: file.path) }
    } catch {
      failure = error
      file.takeBack(to: size)
      throw error
    }
  }
}

// MARK: - Torn tails

extension Segment {
  /// Sets the bytes behind the last whole line aside and cuts them off.
  private mutating func cut(_ bytes: Int) throws(AuditError) {
    let offset = reader.state.offset
    var tail = [UInt8](repeating: 0, count: bytes)
    let count = try file.read(into: &tail, from: offset)
    let aside = try SegmentFile(
      path: folder.tornTail(number, offset), writing: true, disk: folder.disk)
    try aside.truncate(to: 0)
    try aside.append(Array(tail.prefix(count)), size: 0)
    try aside.sync()
    try folder.sync()
    do throws(AuditError) { try file.truncate(to: offset) } catch {
      failure = error
      throw error
    }
  }

  /// The record of a tail that was set aside here: it moves the end on, so it is recorded once.
  ///
  /// At the start this finds one that was cut by a process that then had no time to record it.
  func tornTail() throws(AuditError) -> AuditEntry? {
    let path = folder.tornTail(number, reader.state.offset)
    guard unsafe access(path, F_OK) == 0 else { return nil }
    let bytes = try SegmentFile(path: path, writing: false).size
    return AuditEntry(
      actor: "system", type: .auditLogTornTailCut, outcome: .ok, requestID: "",
      object: "audit/\(number)",
      changes: [
        AuditChange(setting: "bytes", old: "\(bytes)", new: "0"),
        AuditChange(
          setting: "set_aside", old: "", new: "torn-\(number)-\(reader.state.offset)"),
      ])
  }
}

extension AuditError {
  /// Why a walk ended before the file's end.
  init(_ end: ChainReader.End, in path: String) {
    switch end {
    case .tampered(let sequence, let offset, let reason):
      self = .tampered(path: path, sequence: sequence, offset: offset, reason: reason)
    case .badCheckpoint(let path, let size, let reason):
      self = .tampered(path: path, sequence: size, offset: 0, reason: reason)
    case .complete, .tornTail: self = .cannotOpen(path: path, code: EIO)
    }
  }
}
