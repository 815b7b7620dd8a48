internal import Glibc
internal import Synchronization

/// The tamper-evident log of a workspace: append-only, chained, durable; any thread, several processes.
///
/// The first use of a folder makes the log; every later one verifies it first, and refuses to go on after a record
/// that was changed. What an interrupted write left behind is set aside, cut off, and recorded.
package final class AuditLog: Sendable {
  private let folder: AuditFolder
  private let workspaceID: String
  private let segment: Mutex<Segment>

  /// Largest segment; the record that reaches it is the last of its file.
  package static var segmentSize: Int { 64 << 20 }

  /// Opens the log in an existing folder, and verifies it.
  ///
  /// Throws `tampered`, `missing`, `cannotOpen`, or what a write of the record about a torn tail throws.
  package init(directory: String, workspaceID: String) throws(AuditError) {
    folder = AuditFolder(path: directory)
    self.workspaceID = workspaceID
    let lock = try FolderLock(folder.lock)
    defer { withExtendedLifetime(lock) {} }
    let position = ChainReader.Position(hash: AuditChain.first(workspaceID: workspaceID))
    var open = try Segment(folder, position, workspaceID)
    let torn = try open.catchUp()
    segment = Mutex(open)
    if let torn { try recordTornTail(torn) }
  }

  /// Writes one record; it is on the disk when this returns.
  ///
  /// Throws `cannotWrite` (nothing was written), `notDurable` (not known: this log writes nothing any more),
  /// `tampered` or `replaced` (somebody else changed the file), `recordTooLong`.
  @discardableResult
  package func append(_ entry: AuditEntry) throws(AuditError) -> AuditRecord {
    let lock = try FolderLock(folder.lock)
    defer { withExtendedLifetime(lock) {} }
    return try segment.withLock { (segment) throws(AuditError) in
      _ = try segment.catchUp()
      return try segment.append(entry)
    }
  }

  /// All records that match, in their order.
  package func records(matching query: AuditQuery) throws(AuditError) -> [AuditRecord] {
    var found: [AuditRecord] = []
    try AuditLog.forEachRecord(in: folder.path, workspaceID: workspaceID) { record in
      if query.matches(record) { found.append(record) }
    }
    return found
  }

  private func recordTornTail(_ torn: TornTail) throws(AuditError) {
    _ = try segment.withLock { (segment) throws(AuditError) in
      try segment.append(
        AuditEntry(
          actor: "system", type: .auditLogTornTailCut, outcome: .ok, requestID: "",
          object: "audit/\(torn.segment)",
          changes: [
            AuditChange(setting: "bytes", old: "\(torn.bytes)", new: "0"),
            AuditChange(setting: "set_aside", old: "", new: torn.savedAs),
          ]))
    }
  }
}

// MARK: - Reading

extension AuditLog {
  /// Gives every record to `body`, in order, after holding it against the chain.
  ///
  /// Throws `tampered` at the first that does not fit; a torn tail is left out.
  package static func forEachRecord(
    in directory: String, workspaceID: String, _ body: (AuditRecord) -> Void
  ) throws(AuditError) {
    let folder = AuditFolder(path: directory)
    var reader = ChainReader(
      from: .init(hash: AuditChain.first(workspaceID: workspaceID)), workspaceID: workspaceID)
    let last = folder.lastSegment
    guard last > 0 else { throw .missing(path: folder.segment(1)) }
    for number in 1...last {
      let file = try SegmentFile(path: folder.segment(number), writing: false)
      reader.startSegment()
      if case .tampered(let sequence, let offset, let reason) = try reader.read(file, body) {
        throw .tampered(path: file.path, sequence: sequence, offset: offset, reason: reason)
      }
    }
  }

  /// Reads the whole log and says what it is; writes nothing.
  package static func verify(directory: String, workspaceID: String) -> AuditVerdict {
    let folder = AuditFolder(path: directory)
    let last = folder.lastSegment
    guard last > 0 else { return .missing(file: folder.segment(1)) }
    var reader = ChainReader(
      from: .init(hash: AuditChain.first(workspaceID: workspaceID)), workspaceID: workspaceID)
    for number in 1...last {
      let path = folder.segment(number)
      do throws(AuditError) {
        let file = try SegmentFile(path: path, writing: false)
        reader.startSegment()
        let end = try reader.read(file)
        if let verdict = verdict(end, path, reader, isLast: number == last) { return verdict }
      } catch {
        if case .cannotOpen(_, let code) = error { return .unreadable(file: path, code: code) }
        return .unreadable(file: path, code: EIO)
      }
    }
    return .sound(records: reader.position.sequence, lastHash: reader.position.hash)
  }

  private static func verdict(
    _ end: ChainReader.End, _ path: String, _ reader: ChainReader, isLast: Bool
  ) -> AuditVerdict? {
    switch end {
    case .complete: nil
    case .tornTail(let bytes) where isLast:
      .tornTail(records: reader.position.sequence, bytes: bytes)
    case .tornTail:
      .tampered(
        file: path, sequence: reader.position.sequence + 1, offset: reader.position.offset,
        reason: "a record is cut off")
    case .tampered(let sequence, let offset, let reason):
      .tampered(file: path, sequence: sequence, offset: offset, reason: reason)
    }
  }
}
