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
  private let hasWritten = Atomic(false)

  /// Opens the log in an existing folder, and verifies it.
  ///
  /// - Parameter keys: the folder of its private keys; exists too.
  /// - Throws: `tampered`, `missing`, `rolledBack`, `cannotOpen`, the errors about keys, or what a write of what an
  ///   interrupted one left to do throws.
  package convenience init(
    directory: String, keys: String, workspaceID: String
  ) throws(AuditError) {
    try self.init(AuditFolder(path: directory, keys: keys), workspaceID: workspaceID)
  }

  init(_ folder: AuditFolder, workspaceID: String) throws(AuditError) {
    self.folder = folder
    self.workspaceID = workspaceID
    let lock = try FolderLock(writing: folder)
    defer { withExtendedLifetime(lock) {} }
    var opened = try Segment(folder, workspaceID: workspaceID)
    try opened.start()
    segment = Mutex(opened)
  }

  /// What this handle wrote is signed; should that fail, the log is sound, and the next handle signs.
  deinit {
    guard hasWritten.load(ordering: .relaxed) else { return }
    _ = try? checkpoint()
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
      hasWritten.store(true, ordering: .relaxed)
    } catch {
      for append in all { append.finish(.failure(error)) }
    }
  }
}

// MARK: - Checkpoints

extension AuditLog {
  /// A checkpoint of the log as it is now: the newest one, or a new one when that does not cover everything.
  ///
  /// Throws what ``append(_:)`` throws, `rolledBack`, or the errors about keys.
  @discardableResult
  package func checkpoint() throws(AuditError) -> Checkpoint {
    let checkpoint = try caughtUp { (segment) throws(AuditError) in
      try segment.writeCheckpoint()
    }
    guard let checkpoint else { throw .keyMissing(path: folder.keys) }
    return checkpoint
  }

  /// Gives the log a new key in place of one that was lost; every verifier tells of it from then on.
  ///
  /// Throws `keyInPlace`, and what ``append(_:)`` throws.
  package func replaceLostKey(as actor: String) throws(AuditError) -> Checkpoint {
    let checkpoint = try caughtUp { (segment) throws(AuditError) in
      try segment.replaceLostKey(as: actor)
    }
    guard let checkpoint else { throw .keyMissing(path: folder.keys) }
    return checkpoint
  }

  /// Why the log's present key cannot sign; nil when it can.
  package func keyProblem() throws(AuditError) -> AuditError? {
    try caughtUp { (segment) throws(AuditError) in segment.keyProblem }
  }

  /// Removes segments whose records have all been kept long enough; the log tells of each, and how many went.
  ///
  /// Throws as ``append(_:)``.
  @discardableResult
  package func expire(_ retention: AuditRetention = .sixYears) throws(AuditError) -> Int {
    try expire(before: AuditTime.now(daysAgo: retention.days))
  }

  func expire(before time: String) throws(AuditError) -> Int {
    let count = try caughtUp { (segment) throws(AuditError) in try segment.expire(before: time) }
    if count > 0 { hasWritten.store(true, ordering: .relaxed) }
    return count
  }

  /// Every key that signed or signs, in their order.
  package func signers() throws(AuditError) -> [AuditSigner] {
    try caughtUp { (segment) throws(AuditError) in segment.signers }
  }

  /// What the log says of every document, with all that other processes wrote.
  package func digests() throws(AuditError) -> AuditedDigests {
    try caughtUp { (segment) throws(AuditError) in segment.digests }
  }

  private func caughtUp<Result: Sendable>(
    _ body: (inout Segment) throws(AuditError) -> Result
  ) throws(AuditError) -> Result {
    try segment.withLock { (segment) throws(AuditError) in
      let lock = try FolderLock(writing: folder)
      defer { withExtendedLifetime(lock) {} }
      try segment.catchUp()
      return try body(&segment)
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
    try forEachForm(in: directory, workspaceID: workspaceID) { form, bytes in
      if let record = RecordReader.record(form, bytes) { body(record) }
    }
  }

  static func forEachForm(
    in directory: String, workspaceID: String, _ body: RecordForm.Reader
  ) throws(AuditError) {
    var reader = LogReader(AuditFolder(path: directory, keys: ""), workspaceID: workspaceID)
    _ = try reader.read(body)
  }

  func forEachForm(_ body: RecordForm.Reader) throws(AuditError) {
    try AuditLog.forEachForm(in: folder.path, workspaceID: workspaceID, body)
  }

  /// Reads the whole log and says what it is; writes nothing, and memory is constant.
  ///
  /// - Parameters:
  ///   - saved: checkpoints of this log that were kept elsewhere, by their paths.
  ///   - publicKey: 32 bytes; one of the log's keys must be this one.
  package static func verify(
    directory: String, workspaceID: String, saved: [(path: String, checkpoint: Checkpoint)] = [],
    publicKey: [UInt8]? = nil
  ) -> AuditVerdict {
    do throws(AuditError) {
      let folder = AuditFolder(path: directory, keys: "")
      let marks = saved.map {
        ChainReader.Mark(path: $0.path, checkpoint: $0.checkpoint, isOwn: false)
      }
      var reader = LogReader(folder, workspaceID: workspaceID, saved: marks)
      return try reader.read().with(publicKey, folder)
    } catch {
      return AuditVerdict(error, directory)
    }
  }
}

extension AuditVerdict {
  /// Whoever gives a key knows this log by it.
  fileprivate func with(_ publicKey: [UInt8]?, _ folder: AuditFolder) -> AuditVerdict {
    switch self {
    case .sound(let summary), .tornTail(let summary, _):
      guard let publicKey, !summary.signers.contains(where: { $0.publicKey == publicKey }) else {
        return self
      }
      return .tampered(
        file: folder.segment(1), sequence: 1, offset: 0,
        reason:
          "no key of the log is the given one: all of it was written anew, or it is another log")
    default: return self
    }
  }
}
