internal import Cryptography

/// Reads a record's line strictly: exactly the keys, in their order, and nothing that writing again would change.
struct RecordReader {
  private let bytes: [UInt8]
  private var offset = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The record in a line without its line feed; nil when the line is not one, byte for byte.
  ///
  /// The hash is read, not computed: that is the chain's.
  static func record(_ line: [UInt8]) -> AuditRecord? {
    var reader = RecordReader(line)
    guard let record = reader.read() else { return nil }
    var writer = RecordWriter()
    writer.body(record)
    writer.literal(",\"hash\":\"\(record.hash.hex)\"}")
    return writer.bytes == line ? record : nil
  }

  /// Where a line's hashed part ends.
  static func bodyEnd(_ line: [UInt8]) -> Int { max(0, line.count - tailLength) }

  /// Length of `,"hash":"` with the digits and the end.
  private static let tailLength = 9 + 64 + 2

  private mutating func read() -> AuditRecord? {
    guard expect("{\"v\":1,\"seq\":"), let sequence = integer(),
      let timestamp = field("timestamp"), AuditTime.isOne(timestamp),
      let workspaceID = field("workspace_id"), let entry = entry(),
      let previous = field("prev").flatMap(SHA256Digest.init(hex:)),
      let hash = field("hash").flatMap(SHA256Digest.init(hex:)), expect("}"), offset == bytes.count
    else { return nil }
    return AuditRecord(
      sequence: sequence, timestamp: timestamp, workspaceID: workspaceID, entry: entry,
      previous: previous, hash: hash)
  }

  private mutating func entry() -> AuditEntry? {
    guard let actor = field("actor_user_id"),
      let type = field("event_type").flatMap(AuditEventType.init),
      let endUserID = field("end_user_id"),
      let outcome = field("outcome").flatMap(AuditOutcome.init),
      let requestID = field("request_id"), let object = field("object"),
      let before = field("before").flatMap(digest), let after = field("after").flatMap(digest),
      let changes = field("changes").flatMap(RecordReader.changes)
    else { return nil }
    return AuditEntry(
      actor: actor, type: type, endUserID: endUserID, outcome: outcome, requestID: requestID,
      object: object, before: before.digest, after: after.digest, changes: changes)
  }

  /// A digest or none; nil when the text is neither.
  private func digest(_ text: String) -> (digest: SHA256Digest?, Void)? {
    if text.isEmpty { return (nil, ()) }
    guard text.hasPrefix("sha256:"), let digest = SHA256Digest(hex: String(text.dropFirst(7)))
    else { return nil }
    return (digest, ())
  }

  private static func changes(_ text: String) -> [AuditChange]? {
    var reader = RecordReader(Array(text.utf8))
    guard reader.expect("[") else { return nil }
    var changes: [AuditChange] = []
    while !reader.expect("]") {
      guard changes.isEmpty || reader.expect(","), let change = reader.change() else { return nil }
      changes.append(change)
    }
    return reader.offset == reader.bytes.count ? changes : nil
  }

  private mutating func change() -> AuditChange? {
    guard expect("{\"setting\":"), let setting = string(), expect(",\"old\":"), let old = string(),
      expect(",\"new\":"), let new = string(), expect("}")
    else { return nil }
    return AuditChange(setting: setting, old: old, new: new)
  }
}

// MARK: - Pieces

extension RecordReader {
  private mutating func expect(_ text: String) -> Bool {
    let wanted = text.utf8
    guard bytes.count - offset >= wanted.count,
      bytes[offset..<offset + wanted.count].elementsEqual(wanted)
    else { return false }
    offset += wanted.count
    return true
  }

  private mutating func integer() -> UInt64? {
    let start = offset
    while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
    return UInt64(String(decoding: bytes[start..<offset], as: UTF8.self))
  }

  private mutating func field(_ name: String) -> String? {
    expect(",\"\(name)\":") ? string() : nil
  }

  private mutating func string() -> String? {
    guard expect("\"") else { return nil }
    var units: [UInt16] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: units, as: UTF16.self)
      case UInt8(ascii: "\\"):
        guard let unit = escaped() else { return nil }
        units.append(unit)
      case 0x20..<0x7F: units.append(UInt16(byte))
      default: return nil
      }
    }
    return nil
  }

  private mutating func escaped() -> UInt16? {
    guard offset < bytes.count else { return nil }
    let byte = bytes[offset]
    offset += 1
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return UInt16(byte) }
    guard byte == UInt8(ascii: "u"), bytes.count - offset >= 4 else { return nil }
    defer { offset += 4 }
    return UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
  }
}
