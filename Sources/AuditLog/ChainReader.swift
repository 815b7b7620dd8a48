internal import Cryptography

/// Walks a segment's lines and holds each against the chain; memory is one buffer.
struct ChainReader: ~Copyable {
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
  /// As it is written in a record.
  private let workspaceID: [UInt8]
  private var hasher = SHA256Hasher()

  /// Starts before the first record of a workspace's log.
  init(workspaceID: String) {
    position = Position(hash: AuditChain.first(workspaceID: workspaceID))
    var writer = RecordWriter()
    writer.string(workspaceID)
    self.workspaceID = Array(writer.bytes.dropFirst().dropLast())
  }

  /// Reads from the position to the end of the file; `body` gets where each record stands in which bytes.
  mutating func read(
    _ file: borrowing SegmentFile, _ body: RecordForm.Reader = { _, _ in }
  ) throws(AuditError) -> End {
    var buffer = [UInt8](repeating: 0, count: min(256 << 10, max(1, file.size - position.offset)))
    while true {
      let count = try file.read(into: &buffer, from: position.offset)
      if count == 0 { return .complete }
      let before = position.offset
      if let end = take(buffer, count, body) { return end }
      guard position.offset == before else { continue }
      if count == buffer.count, count <= AuditRecord.longest {
        buffer = [UInt8](repeating: 0, count: 256 << 10)
        continue
      }
      return count < AuditRecord.longest
        ? .tornTail(bytes: count)
        : .tampered(
          sequence: position.sequence + 1, offset: before, reason: "a line longer than any record")
    }
  }

  /// Takes the whole lines of a piece of the file; an end when a line is no record.
  private mutating func take(
    _ buffer: [UInt8], _ count: Int, _ body: RecordForm.Reader
  ) -> End? {
    var start = 0
    while let lineFeed = buffer[start..<count].firstIndex(of: 0x0A) {
      if let reason = problem(buffer, start..<lineFeed, body) {
        return .tampered(
          sequence: position.sequence + 1, offset: position.offset, reason: reason)
      }
      start = lineFeed + 1
    }
    return nil
  }

  /// What keeps a line from being the next record; nil when it is, and the position is then behind it.
  private mutating func problem(
    _ buffer: [UInt8], _ line: Range<Int>, _ body: RecordForm.Reader
  ) -> String? {
    guard line.count < AuditRecord.longest else { return "a line longer than any record" }
    guard let form = RecordForm(buffer, line) else { return "it is not a record" }
    guard position.sequence < .max, form.sequence == position.sequence + 1 else {
      return "its number is \(form.sequence)"
    }
    guard position.hash.isWritten(in: buffer[form.previous]) else {
      return "it does not follow the record before"
    }
    let hash = AuditChain.hash(buffer, form.body, &hasher)
    guard hash.isWritten(in: buffer[form.hash]) else {
      return "its hash is not that of its bytes"
    }
    let timestamp = String(decoding: buffer[form.timestamp], as: UTF8.self)
    guard timestamp >= position.timestamp else { return "its time is before the last one" }
    guard buffer[form.workspaceID].elementsEqual(workspaceID) else {
      return "it is another workspace's"
    }
    body(form, buffer)
    position = Position(
      sequence: form.sequence, timestamp: timestamp, hash: hash,
      offset: position.offset + line.count + 1)
    return nil
  }
}

extension ChainReader {
  /// The next segment begins; the chain goes on.
  mutating func startSegment() { position.offset = 0 }

  /// Goes behind records that were just written.
  mutating func move(to position: Position) { self.position = position }
}

extension SHA256Digest {
  /// Whether these are its hexadecimal digits.
  fileprivate func isWritten(in text: ArraySlice<UInt8>) -> Bool {
    guard text.count == 64 else { return false }
    for (index, byte) in bytes.enumerated() {
      let high = CanonicalScanner.hexadecimal(text[text.startIndex + 2 * index])
      let low = CanonicalScanner.hexadecimal(text[text.startIndex + 2 * index + 1])
      guard high == byte >> 4, low == byte & 15 else { return false }
    }
    return true
  }
}
