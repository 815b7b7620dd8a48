internal import Cryptography

/// Walks a segment's lines and holds each against the chain; memory is one line and one buffer.
struct ChainReader {
  /// Where the chain stands behind the last record that was read.
  struct Position: Sendable, Equatable {
    var sequence: UInt64 = 0
    var timestamp = ""
    var hash: SHA256Digest
    var offset = 0

    /// The record that would follow; its hash is not computed yet.
    func next(_ entry: AuditEntry, _ workspaceID: String) -> AuditRecord {
      AuditRecord(
        sequence: sequence + 1, timestamp: AuditTime.now(notBefore: timestamp),
        workspaceID: workspaceID, entry: entry, previous: hash, hash: hash)
    }

    /// Goes behind a record whose line has that many bytes.
    mutating func advance(_ record: AuditRecord, _ length: Int) {
      sequence = record.sequence
      timestamp = record.timestamp
      hash = record.hash
      offset += length
    }
  }

  /// How the walk ended.
  enum End: Equatable {
    case complete
    /// Bytes without a line feed at the end.
    case tornTail(bytes: Int)
    case tampered(sequence: UInt64, offset: Int, reason: String)
  }

  private(set) var position: Position
  private let workspaceID: String
  private var buffer = [UInt8](repeating: 0, count: 256 << 10)

  /// Starts before the first record of a workspace's log.
  init(workspaceID: String) {
    position = Position(hash: AuditChain.first(workspaceID: workspaceID))
    self.workspaceID = workspaceID
  }

  /// Reads from the position to the end of the file.
  mutating func read(
    _ file: borrowing SegmentFile, _ body: (AuditRecord) -> Void = { _ in }
  ) throws(AuditError) -> End {
    while true {
      let count = try file.read(into: &buffer, from: position.offset)
      if count == 0 { return .complete }
      let before = position.offset
      if let end = take(buffer[..<count], body) { return end }
      guard position.offset == before else { continue }
      return count < AuditRecord.longest
        ? .tornTail(bytes: count)
        : .tampered(
          sequence: position.sequence + 1, offset: before, reason: "a line longer than any record")
    }
  }

  /// Takes the whole lines of a piece of the file; an end when a line is no record.
  private mutating func take(_ piece: ArraySlice<UInt8>, _ body: (AuditRecord) -> Void) -> End? {
    var start = piece.startIndex
    while let lineFeed = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = Array(piece[start..<lineFeed])
      guard let reason = problem(line, body) else {
        start = lineFeed + 1
        continue
      }
      return .tampered(
        sequence: position.sequence + 1, offset: position.offset, reason: reason)
    }
    return nil
  }

  /// What keeps a line from being the next record; nil when it is, and the position is then behind it.
  private mutating func problem(_ line: [UInt8], _ body: (AuditRecord) -> Void) -> String? {
    guard line.count < AuditRecord.longest else { return "a line longer than any record" }
    guard let record = RecordReader.record(line) else { return "it is not a record" }
    guard record.sequence == position.sequence + 1 else {
      return "its number is \(record.sequence)"
    }
    guard record.previous == position.hash else { return "it does not follow the record before" }
    guard AuditChain.hash(line[..<RecordReader.bodyEnd(line)]) == record.hash else {
      return "its hash is not that of its bytes"
    }
    guard record.timestamp >= position.timestamp else { return "its time is before the last one" }
    guard record.workspaceID == workspaceID else { return "it is another workspace's" }
    position.advance(record, line.count + 1)
    body(record)
    return nil
  }
}

extension ChainReader {
  /// The next segment begins; the chain goes on.
  mutating func startSegment() { position.offset = 0 }

  /// Goes behind records that were just written.
  mutating func move(to position: Position) { self.position = position }
}
