internal import Glibc

/// The segment that is written to, and where the chain stands; used under the folder's lock.
struct Segment: ~Copyable {
  private let folder: AuditFolder
  private let workspaceID: String
  private var number = 1
  private var file: SegmentFile
  private var reader: ChainReader
  /// Set when it is not known what is on the disk; from then on nothing is written.
  private var failure: AuditError?

  /// Opens the first segment, or makes it when there is none at all.
  init(_ folder: AuditFolder, workspaceID: String) throws(AuditError) {
    let last = try folder.lastSegment()
    for number in 1..<max(last, 1) where !folder.exists(number) {
      throw .missing(path: folder.segment(number))
    }
    let first = try folder.file(1, writing: true)
    try folder.sync()
    self.folder = folder
    self.workspaceID = workspaceID
    file = first
    reader = ChainReader(workspaceID: workspaceID)
  }

  /// Reads and verifies what was written since; sets a torn tail aside, cuts it off and records it.
  mutating func catchUp() throws(AuditError) {
    if let failure { throw failure }
    guard file.isInPlace else { throw .replaced(path: file.path) }
    while true {
      let position = reader.position
      guard file.size >= position.offset else {
        throw .tampered(
          path: file.path, sequence: position.sequence, offset: file.size,
          reason: "records that were read before are gone")
      }
      switch try reader.read(file) {
      case .complete where folder.exists(number + 1): try open(number + 1)
      case .complete: return
      case .tornTail(let bytes):
        try cut(bytes)
        try recordTornTail()
      case .tampered(let sequence, let offset, let reason):
        throw .tampered(path: file.path, sequence: sequence, offset: offset, reason: reason)
      }
    }
  }

  /// Writes the entries' records: one write and one sync for all that fit into the segment.
  mutating func append(_ entries: [AuditEntry]) -> [Result<AuditRecord, AuditError>] {
    var results: [Result<AuditRecord, AuditError>] = []
    while results.count < entries.count {
      do throws(AuditError) {
        if let failure { throw failure }
        if reader.position.offset >= folder.segmentSize { try open(number + 1) }
        results += try commit(entries[results.count...])
      } catch {
        let missing = entries.count - results.count
        results += Array(repeating: .failure(error), count: missing)
      }
    }
    return results
  }

  private mutating func commit(
    _ entries: ArraySlice<AuditEntry>
  ) throws(AuditError) -> [Result<AuditRecord, AuditError>] {
    var results: [Result<AuditRecord, AuditError>] = []
    var position = reader.position
    var bytes: [UInt8] = []
    for entry in entries {
      guard position.offset < folder.segmentSize else { break }
      var record = position.next(entry, workspaceID)
      let line = RecordWriter.line(&record)
      guard line.count <= AuditRecord.longest else {
        results.append(.failure(.recordTooLong(bytes: line.count)))
        continue
      }
      position.advance(record, line.count)
      bytes += line
      results.append(.success(record))
    }
    try write(bytes)
    reader.move(to: position)
    return results
  }

  /// Brings the bytes to the disk; after a failed sync they are taken back, and nothing more is written.
  private mutating func write(_ bytes: [UInt8]) throws(AuditError) {
    guard !bytes.isEmpty else { return }
    try file.append(bytes, size: reader.position.offset)
    do throws(AuditError) { try file.sync() } catch {
      failure = error
      file.takeBack(to: reader.position.offset)
      throw error
    }
  }

  private mutating func open(_ number: Int) throws(AuditError) {
    file = try folder.file(number, writing: true)
    self.number = number
    reader.startSegment()
    try folder.sync()
  }
}

// MARK: - Torn tails

extension Segment {
  /// Sets the bytes behind the last whole line aside and cuts them off.
  private mutating func cut(_ bytes: Int) throws(AuditError) {
    let offset = reader.position.offset
    var tail = [UInt8](repeating: 0, count: bytes)
    let count = try file.read(into: &tail, from: offset)
    let aside = try SegmentFile(
      path: folder.tornTail(number, offset), writing: true, flush: folder.flush)
    try aside.truncate(to: 0)
    try aside.append(Array(tail.prefix(count)), size: 0)
    try aside.sync()
    try folder.sync()
    do throws(AuditError) { try file.truncate(to: offset) } catch {
      failure = error
      throw error
    }
  }

  /// Records a tail that was set aside here: the record moves the end on, so it is recorded once.
  ///
  /// At the start this finds one that was cut by a process that then had no time to record it.
  mutating func recordTornTail() throws(AuditError) {
    let path = folder.tornTail(number, reader.position.offset)
    guard unsafe access(path, F_OK) == 0 else { return }
    let bytes = try SegmentFile(path: path, writing: false).size
    let entry = AuditEntry(
      actor: "system", type: .auditLogTornTailCut, outcome: .ok, requestID: "",
      object: "audit/\(number)",
      changes: [
        AuditChange(setting: "bytes", old: "\(bytes)", new: "0"),
        AuditChange(
          setting: "set_aside", old: "", new: "torn-\(number)-\(reader.position.offset)"),
      ])
    for result in append([entry]) { _ = try result.get() }
  }
}
