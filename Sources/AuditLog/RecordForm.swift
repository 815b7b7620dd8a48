internal import Cryptography

/// Where everything stands in a line that is a record, byte for byte; makes no text of any of it.
struct RecordForm {
  /// Gets a record's form and the bytes it is in.
  typealias Reader = (RecordForm, [UInt8]) -> Void

  let sequence: UInt64
  let type: AuditEventType
  let outcome: AuditOutcome
  /// What stands between the quotes, still escaped.
  let timestamp, workspaceID, actor, endUserID, requestID, object: Range<Int>
  let before, after, changes, previous, hash: Range<Int>
  /// What the hash is of: the line up to `,"hash":"`.
  let body: Range<Int>

  /// Nil unless the line, without its line feed, is what writing its record again would give.
  ///
  /// Whether the hashes are right is the chain's question.
  init?(_ bytes: [UInt8], _ line: Range<Int>) {
    var scanner = CanonicalScanner(bytes, line)
    guard scanner.literal(Key.start), let sequence = scanner.integer(),
      let timestamp = scanner.field(Key.timestamp), AuditTime.isOne(bytes[timestamp]),
      let workspaceID = scanner.field(Key.workspaceID), let actor = scanner.field(Key.actor),
      let type = scanner.field(Key.type).flatMap({ Names.types[bytes[$0]] }),
      let endUserID = scanner.field(Key.endUserID),
      let outcome = scanner.field(Key.outcome).flatMap({ Names.outcomes[bytes[$0]] }),
      let requestID = scanner.field(Key.requestID), let object = scanner.field(Key.object),
      let before = scanner.field(Key.before), RecordForm.isDigestOrNone(bytes[before]),
      let after = scanner.field(Key.after), RecordForm.isDigestOrNone(bytes[after]),
      let changes = scanner.field(Key.changes),
      AuditChange.isList(bytes[changes]),
      let previous = scanner.field(Key.previous)
    else { return nil }
    let bodyEnd = scanner.offset
    guard let hash = scanner.field(Key.hash), scanner.literal(Key.end), scanner.isAtEnd,
      RecordForm.isHexadecimal(bytes[previous]), RecordForm.isHexadecimal(bytes[hash])
    else { return nil }
    (self.sequence, self.type, self.outcome) = (sequence, type, outcome)
    (self.timestamp, self.workspaceID, self.actor) = (timestamp, workspaceID, actor)
    (self.endUserID, self.requestID, self.object) = (endUserID, requestID, object)
    (self.before, self.after, self.changes) = (before, after, changes)
    (self.previous, self.hash) = (previous, hash)
    body = line.lowerBound..<bodyEnd
  }

  private static func isDigestOrNone(_ text: ArraySlice<UInt8>) -> Bool {
    text.isEmpty
      || (text.starts(with: Key.digest) && isHexadecimal(text.dropFirst(Key.digest.count)))
  }

  private static func isHexadecimal(_ text: ArraySlice<UInt8>) -> Bool {
    text.count == 64 && text.allSatisfy { CanonicalScanner.hexadecimal($0) != nil }
  }
}

extension CanonicalScanner {
  fileprivate mutating func field(_ key: [UInt8]) -> Range<Int>? { literal(key) ? string() : nil }
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
  static let types = Dictionary(
    uniqueKeysWithValues: AuditEventType.allCases.map { (ArraySlice($0.rawValue.utf8), $0) })
  static let outcomes = Dictionary(
    uniqueKeysWithValues: AuditOutcome.allCases.map { (ArraySlice($0.rawValue.utf8), $0) })
}
