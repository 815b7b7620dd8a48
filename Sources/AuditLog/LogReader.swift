internal import Cryptography

/// Reads a log from its first record to its last, over all segments; writes nothing.
struct LogReader: ~Copyable {
  private let folder: AuditFolder
  private var chain: ChainReader

  init(_ folder: AuditFolder, workspaceID: String) {
    self.folder = folder
    chain = ChainReader(workspaceID: workspaceID)
  }

  /// Shows every record to `body`; the verdict is `sound` or `tornTail`.
  ///
  /// Throws `tampered`, `missing` or `cannotOpen`.
  mutating func read(_ body: RecordForm.Reader = { _, _ in }) throws(AuditError) -> AuditVerdict {
    let last = try folder.lastSegment()
    guard last > 0 else { throw .missing(path: folder.segment(1)) }
    for number in 1...last {
      let file = try folder.file(number, writing: false)
      chain.startSegment()
      let torn = try readSegment(file, isLast: number == last, body)
      if torn > 0 { return .tornTail(records: chain.position.sequence, bytes: torn) }
    }
    return .sound(records: chain.position.sequence, lastHash: chain.position.hash)
  }

  /// Reads one segment; how many bytes of an interrupted write stand at its end.
  private mutating func readSegment(
    _ file: borrowing SegmentFile, isLast: Bool, _ body: RecordForm.Reader
  ) throws(AuditError) -> Int {
    var end = try chain.read(file, body)
    if case .tornTail = end, isLast {
      // It may be a record that is just being written: look again when nobody writes.
      let lock = FolderLock(reading: folder)
      defer { withExtendedLifetime(lock) {} }
      end = try chain.read(file, body)
    }
    switch end {
    case .complete: return 0
    case .tornTail(let bytes) where isLast: return bytes
    case .tornTail:
      throw .tampered(
        path: file.path, sequence: chain.position.sequence + 1, offset: chain.position.offset,
        reason: "a record is cut off")
    case .tampered(let sequence, let offset, let reason):
      throw .tampered(path: file.path, sequence: sequence, offset: offset, reason: reason)
    }
  }
}
