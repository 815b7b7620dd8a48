internal import Cryptography

/// Reads a log from its first record on, over all segments; writes nothing, and can go on where it stopped.
struct LogReader: ~Copyable {
  private let folder: AuditFolder
  private var chain: ChainReader
  private var segment = 0
  private let saved: [ChainReader.Mark]
  private var expired: ExpiredPart?

  /// - Parameter saved: checkpoints from elsewhere that must fit too.
  init(_ folder: AuditFolder, workspaceID: String, saved: [ChainReader.Mark] = []) {
    self.folder = folder
    self.workspaceID = workspaceID
    self.saved = saved
    chain = ChainReader(workspaceID: workspaceID, from: LogState(workspaceID: workspaceID))
  }

  private let workspaceID: String

  /// Begins at the first record that is left.
  private mutating func begin() throws(AuditError) {
    expired = try folder.readExpired()
    chain = ChainReader(folder, workspaceID: workspaceID, after: expired)
    // A checkpoint of records that expired can be held against nothing but their last root.
    for mark in saved where mark.checkpoint.size > expired?.note.size ?? 0 { chain.expect(mark) }
    segment = (expired?.firstSegment ?? 1) - 1
  }

  /// Shows every record that it did not show before to `body`; the verdict is `sound` or `tornTail`.
  ///
  /// Throws `tampered`, `missing`, `rolledBack` or `cannotOpen`.
  mutating func read(_ body: RecordForm.Reader = { _, _ in }) throws(AuditError) -> AuditVerdict {
    let isFirst = segment == 0
    if isFirst { try begin() }
    let last = try folder.lastSegment()
    guard last > 0, last >= segment else { throw .missing(path: folder.segment(segment + 1)) }
    while true {
      if isFirst && segment < (expired?.firstSegment ?? 1) || segment < last {
        try start(segment + 1)
      }
      let file = try folder.file(segment, writing: false)
      let torn = try readSegment(file, isLast: segment == last, body)
      if segment == last {
        if let expired { try chain.check(expired, path: folder.expired) }
        return torn > 0 ? .tornTail(summary(), bytes: torn) : .sound(summary())
      }
    }
  }

  private mutating func start(_ number: Int) throws(AuditError) {
    segment = number
    chain.startSegment(number)
    try expectCheckpoint()
  }

  private mutating func expectCheckpoint() throws(AuditError) {
    guard let checkpoint = try folder.readCheckpoint(segment) else { return }
    covered = checkpoint.size
    chain.expect(.init(path: folder.checkpoint(segment), checkpoint: checkpoint))
  }

  /// Records that the newest checkpoint covers.
  private var covered: UInt64 = 0

  private mutating func summary() -> AuditSummary {
    AuditSummary(
      records: chain.state.sequence, lastHash: chain.lastHash, root: chain.root(),
      covered: covered, origin: chain.origin, signers: chain.signers)
  }

  /// Reads one segment; how many bytes of an interrupted write stand at its end.
  private mutating func readSegment(
    _ file: borrowing SegmentFile, isLast: Bool, _ body: RecordForm.Reader
  ) throws(AuditError) -> Int {
    var end = try chain.read(file, body)
    if isLast, end != .complete || lacksCheckpoint {
      // It may be just being written: look again when nobody writes.
      let lock = FolderLock(reading: folder)
      defer { withExtendedLifetime(lock) {} }
      if case .tornTail = end { end = try chain.read(file, body) }
      if lacksCheckpoint { try expectCheckpoint() }
    }
    switch end {
    case .complete: try checkEnd(isLast: isLast)
    case .tornTail where isLast: try checkEnd(isLast: true)
    case .tornTail:
      let state = chain.state
      throw .tampered(
        path: file.path, sequence: state.sequence + 1, offset: state.offset,
        reason: "a record is cut off")
    default: throw AuditError(end, in: file.path)
    }
    if case .tornTail(let bytes) = end { return bytes }
    return 0
  }

  /// A segment has a checkpoint before it has a record behind that of its key.
  private var lacksCheckpoint: Bool {
    guard let signer = chain.signer, signer.segment == segment else { return false }
    return covered <= signer.since && chain.state.sequence > signer.since + 1
  }

  private mutating func checkEnd(isLast: Bool) throws(AuditError) {
    if lacksCheckpoint { throw .missing(path: folder.checkpoint(segment)) }
    try chain.finishMarks(isLastSegment: isLast)
  }
}
