internal import Cryptography
internal import Glibc

/// Walks a segment's lines and holds each against the chain; memory is one buffer.
///
/// In the loop no object is made: what a record is compared with is kept as bytes.
struct ChainReader: ~Copyable {
  /// How the walk ended.
  enum End: Equatable {
    case complete
    /// Bytes without a line feed at the end.
    case tornTail(bytes: Int)
    case tampered(sequence: UInt64, offset: Int, reason: String)
    /// A checkpoint does not fit the records.
    case badCheckpoint(path: String, size: UInt64, reason: String)
  }

  /// A checkpoint that is held against the tree when the walk gets there.
  struct Mark: Sendable {
    let path: String
    let checkpoint: Checkpoint
    /// One that the log wrote: it has one form only.
    var isOwn = true
  }

  let origin: String
  /// As it is written in a record.
  private let workspaceID: [UInt8]
  private(set) var sequence: UInt64
  private(set) var segment: Int
  private(set) var offset: Int
  /// Of the last record: 27 bytes, or none.
  private var timestamp: [UInt8]
  /// Of the last record, and its 64 digits.
  private var hash: [UInt8]
  private var digits: [UInt8]
  private(set) var tree: MerkleFrontier
  var signer: AuditSigner?
  /// Every key that was in force.
  var signers: [AuditSigner] = []
  private var hasher = SHA256Hasher()
  private let domain = AuditChain.recordDomain
  /// From the smallest to the largest.
  var marks: [Mark] = []

  /// Starts from a state of this workspace's log.
  init(workspaceID: String, from state: LogState) {
    origin = Checkpoint.origin(workspaceID: workspaceID)
    var writer = RecordWriter()
    writer.string(workspaceID)
    self.workspaceID = Array(writer.bytes.dropFirst().dropLast())
    (sequence, segment, offset) = (state.sequence, state.segment, state.offset)
    (timestamp, hash, tree) = (Array(state.timestamp.utf8), state.hash.bytes, state.tree)
    signer = state.signer
    signers = state.signer.map { [$0] } ?? []
    digits = Array(state.hash.hex.utf8)
  }

  /// Starts before the first record that is left.
  init(_ folder: AuditFolder, workspaceID: String, after expired: ExpiredPart?) {
    self.init(
      workspaceID: workspaceID, from: expired?.state ?? LogState(workspaceID: workspaceID))
  }

  var state: LogState {
    var state = LogState(workspaceID: "")
    (state.sequence, state.segment, state.offset) = (sequence, segment, offset)
    state.timestamp = String(decoding: timestamp, as: UTF8.self)
    state.hash = lastHash
    (state.tree, state.signer) = (tree, signer)
    return state
  }

  var lastHash: SHA256Digest {
    guard let digest = SHA256Digest(bytes: hash) else { fatalError("a digest of another length") }
    return digest
  }

  mutating func root() -> SHA256Digest { tree.root(&hasher) }

  /// The next segment begins; the chain goes on.
  mutating func startSegment(_ number: Int) {
    segment = number
    offset = 0
  }

  mutating func expect(_ mark: Mark) {
    let place = marks.firstIndex { $0.checkpoint.size > mark.checkpoint.size } ?? marks.endIndex
    marks.insert(mark, at: place)
  }
}

// MARK: - Reading

extension ChainReader {
  private static let bufferSize = 256 << 10

  /// Reads from the state to the end of the file; `body` gets where each record stands in which bytes.
  mutating func read(
    _ file: borrowing SegmentFile, _ body: RecordForm.Reader = { _, _ in }
  ) throws(AuditError) -> End {
    var buffer = [UInt8](
      repeating: 0, count: min(Self.bufferSize, max(1, file.size - offset)))
    while true {
      let count = try file.read(into: &buffer, from: offset)
      if count == 0 { return .complete }
      let before = offset
      if let end = unsafe take(buffer.span.bytes.extracting(first: count), body) { return end }
      guard offset == before else { continue }
      if count == buffer.count, count <= AuditRecord.longest {
        buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        continue
      }
      return count < AuditRecord.longest
        ? .tornTail(bytes: count)
        : .tampered(sequence: sequence + 1, offset: before, reason: "a line longer than any record")
    }
  }

  /// Takes the whole lines of a piece of the file; an end when a line is no record.
  mutating func take(_ bytes: RawSpan, _ body: RecordForm.Reader = { _, _ in }) -> End? {
    var start = 0
    while let lineFeed = bytes.firstLineFeed(from: start) {
      if let reason = problem(bytes, start..<lineFeed, body) {
        return .tampered(sequence: sequence + 1, offset: offset, reason: reason)
      }
      offset += lineFeed - start + 1
      start = lineFeed + 1
      while let mark = marks.first, mark.checkpoint.size <= sequence {
        marks.removeFirst()
        if let reason = problem(mark) {
          return .badCheckpoint(path: mark.path, size: mark.checkpoint.size, reason: reason)
        }
      }
    }
    return nil
  }

  /// What keeps a line from being the next record; nil when it is, and is taken.
  @inline(__always)
  private mutating func problem(
    _ bytes: RawSpan, _ line: Range<Int>, _ body: RecordForm.Reader
  ) -> String? {
    guard line.count < AuditRecord.longest else { return "a line longer than any record" }
    guard let form = RecordForm(bytes, line) else { return "it is not a record" }
    guard sequence < .max, form.sequence == sequence + 1 else {
      return "its number is \(form.sequence)"
    }
    guard unsafe bytes.equal(form.previous, digits.span.bytes) else {
      return "it does not follow the record before"
    }
    let domain = domain
    hasher.update(unsafe domain.span.bytes)
    hasher.update(bytes.extracting(form.body))
    hasher.finalizeAndReset(into: &hash, at: 0)
    writeDigits()
    guard unsafe bytes.equal(form.hash, digits.span.bytes) else {
      return "its hash is not that of its bytes"
    }
    guard isInTime(bytes, form.timestamp) else { return "its time is before the last one" }
    guard unsafe bytes.equal(form.workspaceID, workspaceID.span.bytes) else {
      return "it is another workspace's"
    }
    if form.type.bringsKey {
      if let reason = takeKey(form, bytes) { return reason }
    } else if let signer, signer.segment < segment {
      return "its segment does not begin with the next key"
    }
    body(form, bytes)
    tree.append(bytes.extracting(line), &hasher)
    sequence += 1
    return nil
  }

  @inline(__always)
  private mutating func writeDigits() {
    for index in 0..<32 {
      digits[2 * index] = Self.digit(hash[index] >> 4)
      digits[2 * index + 1] = Self.digit(hash[index] & 15)
    }
  }

  @inline(__always)
  private static func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }

  /// Whether the time is not before the last one, which it then is.
  @inline(__always)
  private mutating func isInTime(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard timestamp.count == range.count else {
      timestamp = bytes.bytes(range)
      return true
    }
    var index = 0
    while index < timestamp.count, bytes[range.lowerBound + index] == timestamp[index] {
      index += 1
    }
    if index < timestamp.count, bytes[range.lowerBound + index] < timestamp[index] { return false }
    while index < timestamp.count {
      timestamp[index] = bytes[range.lowerBound + index]
      index += 1
    }
    return true
  }
}

extension RawSpan {
  /// Where the first line feed is.
  fileprivate func firstLineFeed(from start: Int) -> Int? {
    unsafe withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let found = unsafe memchr(base + start, 0x0A, bytes.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(found) - base
    }
  }
}
