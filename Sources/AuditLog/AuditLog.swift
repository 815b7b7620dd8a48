internal import Glibc
internal import Synchronization

/// The tamper-evident log of a workspace: append-only, chained, durable; any thread, several processes.
///
/// The first use of a folder makes the log; every later one verifies it first, and refuses to go on after a record
/// that was changed. What an interrupted write left behind is set aside, cut off, and recorded.
package final class AuditLog: Sendable {
  private let folder: AuditFolder
  private let workspaceID: String
  private let waiting = Mutex<[Append]>([])
  private let segment: Mutex<Segment>

  /// Opens the log in an existing folder, and verifies it.
  ///
  /// Throws `tampered`, `missing`, `cannotOpen`, or what a write of the record about a torn tail throws.
  package convenience init(directory: String, workspaceID: String) throws(AuditError) {
    try self.init(AuditFolder(path: directory), workspaceID: workspaceID)
  }

  init(_ folder: AuditFolder, workspaceID: String) throws(AuditError) {
    self.folder = folder
    self.workspaceID = workspaceID
    let lock = try FolderLock(writing: folder)
    defer { withExtendedLifetime(lock) {} }
    var open = try Segment(folder, workspaceID: workspaceID)
    try open.catchUp()
    try open.recordTornTail()
    segment = Mutex(open)
  }

  /// Writes one record; it is on the disk when this returns.
  ///
  /// What several threads append at the same time shares one write and one sync.
  ///
  /// Throws `cannotWrite` (nothing was written), `notDurable` (not known: this log writes nothing any more),
  /// `tampered` or `replaced` (somebody else changed the file), `recordTooLong`.
  @discardableResult
  package func append(_ entry: AuditEntry) throws(AuditError) -> AuditRecord {
    let append = Append(entry)
    waiting.withLock { $0.append(append) }
    return try segment.withLock { (segment) throws(AuditError) in
      // The first thread in here writes for all that wait; the others then find theirs done.
      if let result = append.result { return try result.get() }
      commit(to: &segment)
      guard let result = append.result else {
        throw .cannotWrite(path: folder.path, code: ECANCELED)
      }
      return try result.get()
    }
  }

  private func commit(to segment: inout Segment) {
    let all = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    do throws(AuditError) {
      let lock = try FolderLock(writing: folder)
      defer { withExtendedLifetime(lock) {} }
      try segment.catchUp()
      for (append, result) in zip(all, segment.append(all.map(\.entry))) { append.finish(result) }
    } catch {
      for append in all { append.finish(.failure(error)) }
    }
  }
}

/// One record that a thread waits for.
private final class Append: Sendable {
  let entry: AuditEntry
  private let outcome = Mutex<Result<AuditRecord, AuditError>?>(nil)

  init(_ entry: AuditEntry) { self.entry = entry }

  var result: Result<AuditRecord, AuditError>? { outcome.withLock { $0 } }

  func finish(_ result: Result<AuditRecord, AuditError>) { outcome.withLock { $0 = result } }
}

// MARK: - Reading

extension AuditLog {
  /// All records that match, in their order; see also ``forEachRecord(matching:_:)``.
  package func records(matching query: AuditQuery) throws(AuditError) -> [AuditRecord] {
    var found: [AuditRecord] = []
    try forEachRecord(matching: query) { found.append($0) }
    return found
  }

  /// Gives every record that matches to `body`, in order; memory is that of one record.
  package func forEachRecord(
    matching query: AuditQuery = AuditQuery(), _ body: (AuditRecord) -> Void
  ) throws(AuditError) {
    try AuditLog.forEachRecord(in: folder.path, workspaceID: workspaceID) { record in
      if query.matches(record) { body(record) }
    }
  }

  /// Gives every record to `body`, in order, after holding it against the chain.
  ///
  /// Throws `tampered` at the first that does not fit; a torn tail is left out.
  package static func forEachRecord(
    in directory: String, workspaceID: String, _ body: (AuditRecord) -> Void
  ) throws(AuditError) {
    var reader = LogReader(AuditFolder(path: directory), workspaceID: workspaceID)
    _ = try reader.read { form, bytes in
      if let record = RecordReader.record(form, bytes) { body(record) }
    }
  }

  /// Reads the whole log and says what it is; writes nothing, and memory is constant.
  package static func verify(directory: String, workspaceID: String) -> AuditVerdict {
    do throws(AuditError) {
      var reader = LogReader(AuditFolder(path: directory), workspaceID: workspaceID)
      return try reader.read()
    } catch {
      return AuditVerdict(error, directory)
    }
  }
}

extension AuditVerdict {
  fileprivate init(_ error: AuditError, _ directory: String) {
    switch error {
    case .tampered(let path, let sequence, let offset, let reason):
      self = .tampered(file: path, sequence: sequence, offset: offset, reason: reason)
    case .missing(let path): self = .missing(file: path)
    case .cannotOpen(let path, let code): self = .unreadable(file: path, code: code)
    default: self = .unreadable(file: directory, code: EIO)
    }
  }
}
