internal import Cryptography

/// Writes a record's line: fixed keys in a fixed order, no white space, nothing but ASCII.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  /// The line with its line feed; the record's `hash` is computed here.
  static func line(_ record: inout AuditRecord) -> [UInt8] {
    var writer = RecordWriter()
    writer.body(record)
    record.hash = AuditChain.hash(writer.bytes)
    writer.literal(",\"hash\":\"\(record.hash.hex)\"}\n")
    return writer.bytes
  }

  /// Everything before `,"hash":"`.
  mutating func body(_ record: AuditRecord) {
    literal("{\"v\":1,\"seq\":\(record.sequence)")
    field("timestamp", record.timestamp)
    field("workspace_id", record.workspaceID)
    field("actor_user_id", record.entry.actor)
    field("event_type", record.entry.type.rawValue)
    field("end_user_id", record.entry.endUserID)
    field("outcome", record.entry.outcome.rawValue)
    field("request_id", record.entry.requestID)
    field("object", record.entry.object)
    field("before", RecordWriter.text(record.entry.before))
    field("after", RecordWriter.text(record.entry.after))
    field("changes", RecordWriter.text(record.entry.changes))
    field("prev", record.previous.hex)
  }

  mutating func literal(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func field(_ name: String, _ value: String) {
    literal(",\"\(name)\":")
    string(value)
  }

  /// A JSON string in which every character but printable ASCII is written as `\uXXXX`.
  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(unit))
      case 0x20..<0x7F: bytes.append(UInt8(unit))
      default: escape(unit)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ unit: UInt16) {
    bytes += [UInt8(ascii: "\\"), UInt8(ascii: "u")]
    for shift in [12, 8, 4, 0] as [UInt16] {
      let digit = UInt8(unit >> shift & 15)
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  static func text(_ digest: SHA256Digest?) -> String { digest.map { "sha256:\($0.hex)" } ?? "" }

  /// A list of changes is itself a JSON text, within a string, so that a record has strings and integers only.
  static func text(_ changes: [AuditChange]) -> String {
    var writer = RecordWriter()
    writer.literal("[")
    for (index, change) in changes.enumerated() {
      writer.literal(index == 0 ? "{\"setting\":" : ",{\"setting\":")
      writer.string(change.setting)
      writer.literal(",\"old\":")
      writer.string(change.old)
      writer.literal(",\"new\":")
      writer.string(change.new)
      writer.literal("}")
    }
    writer.literal("]")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
