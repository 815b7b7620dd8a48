/// Where everything stands in a line that is a record, byte for byte; makes no text of any of it.
struct RecordForm {
  /// Gets a record's form and the bytes it is in.
  typealias Reader = (RecordForm, RawSpan) -> Void

  let sequence: UInt64
  let type: AuditEventType
  let outcome: AuditOutcome
  /// What stands between the quotes, still escaped.
  let timestamp, workspaceID, actor, endUserID, requestID, object: Range<Int>
  let before, after, changes, previous, hash: Range<Int>
  /// Without its line feed.
  let line: Range<Int>
  /// What the hash is of: the line up to `,"hash":"`.
  let body: Range<Int>

  /// Nil unless the line, without its line feed, is what writing its record again would give.
  ///
  /// Whether the hashes are right is the chain's question.
  init?(_ bytes: RawSpan, _ line: Range<Int>) {
    var scanner = CanonicalScanner(line)
    guard scanner.literal(Key.start, bytes), let sequence = scanner.integer(bytes),
      let timestamp = scanner.field(Key.timestamp, bytes), AuditTime.isOne(bytes, timestamp),
      let workspaceID = scanner.field(Key.workspaceID, bytes),
      let actor = scanner.field(Key.actor, bytes),
      let typeName = scanner.field(Key.type, bytes), let type = Names.types[bytes, typeName],
      let endUserID = scanner.field(Key.endUserID, bytes),
      let outcomeName = scanner.field(Key.outcome, bytes),
      let outcome = Names.outcomes[bytes, outcomeName],
      let requestID = scanner.field(Key.requestID, bytes),
      let object = scanner.field(Key.object, bytes),
      let before = scanner.field(Key.before, bytes), RecordForm.isDigestOrNone(bytes, before),
      let after = scanner.field(Key.after, bytes), RecordForm.isDigestOrNone(bytes, after),
      let changes = scanner.field(Key.changes, bytes), AuditChange.isList(bytes, changes),
      let previous = scanner.field(Key.previous, bytes)
    else { return nil }
    let bodyEnd = scanner.offset
    guard let hash = scanner.field(Key.hash, bytes), scanner.literal(Key.end, bytes),
      scanner.isAtEnd, bytes.isDigest(previous), bytes.isDigest(hash)
    else { return nil }
    (self.sequence, self.type, self.outcome) = (sequence, type, outcome)
    (self.timestamp, self.workspaceID, self.actor) = (timestamp, workspaceID, actor)
    (self.endUserID, self.requestID, self.object) = (endUserID, requestID, object)
    (self.before, self.after, self.changes) = (before, after, changes)
    (self.previous, self.hash) = (previous, hash)
    body = line.lowerBound..<bodyEnd
    self.line = line
  }

  private static func isDigestOrNone(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return true }
    let digits = min(range.lowerBound + Key.digest.count, range.upperBound)
    return unsafe bytes.equal(range.lowerBound..<digits, Key.digest.span.bytes)
      && bytes.isDigest(digits..<range.upperBound)
  }
}

extension CanonicalScanner {
  @inline(__always)
  fileprivate mutating func field(_ key: [UInt8], _ bytes: RawSpan) -> Range<Int>? {
    literal(key, bytes) ? string(bytes) : nil
  }
}

/// What stands between the values.
private enum Key {
  static let start = Array("{\"v\":1,\"seq\":".utf8)
  static let timestamp = key("timestamp")
  static let workspaceID = key("workspace_id")
  static let actor = key("actor_user_id")
  static let type = key("event_type")
  static let endUserID = key("end_user_id")
  static let outcome = key("outcome")
  static let requestID = key("request_id")
  static let object = key("object")
  static let before = key("before")
  static let after = key("after")
  static let changes = key("changes")
  static let previous = key("prev")
  static let hash = key("hash")
  static let end = Array("}".utf8)
  static let digest = Array("sha256:".utf8)

  private static func key(_ name: String) -> [UInt8] { Array(",\"\(name)\":".utf8) }
}

/// The closed lists, by their bytes.
private enum Names {
  static let types = ClosedList(AuditEventType.allCases)
  static let outcomes = ClosedList(AuditOutcome.allCases)
}
