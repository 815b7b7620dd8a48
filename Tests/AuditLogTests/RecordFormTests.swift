import Cryptography
import Testing

@testable import AuditLog

@Suite struct RecordFormTests {
  /// Text of every kind: quotes, backslashes, controls, characters of one and two UTF-16 units.
  private static func text() -> String {
    let characters = [
      "a", "Z", " ", "~", "\"", "\\", "/", "\u{0}", "\n", "\u{1F}", "\u{7F}", "ä", "\u{D7FF}",
      "\u{E000}",
      "\u{FFFF}", "\u{1F3E5}", "\u{10FFFF}", "\\u0041",
    ]
    return (0..<Int.random(in: 0...6)).map { _ in characters.randomElement() ?? "" }.joined()
  }

  private static func record() -> AuditRecord {
    let digest = SHA256.hash(Array(text().utf8))
    return AuditRecord(
      sequence: [0, 1, 42, .max, .random(in: 0...(.max))].randomElement() ?? 0,
      timestamp: AuditTime.now(notBefore: ""), workspaceID: text(),
      entry: AuditEntry(
        actor: text(), type: AuditEventType.allCases.randomElement() ?? .hostStarted,
        endUserID: text(), outcome: AuditOutcome.allCases.randomElement() ?? .ok,
        requestID: text(), object: text(), before: [nil, digest].randomElement() ?? nil,
        after: [nil, digest].randomElement() ?? nil,
        changes: (0..<Int.random(in: 0...3)).map { _ in
          AuditChange(setting: text(), old: text(), new: text())
        }), previous: digest, hash: digest)
  }

  private static func line(_ record: AuditRecord) -> (record: AuditRecord, bytes: [UInt8]) {
    var record = record
    let bytes = RecordWriter.line(&record)
    return (record, Array(bytes.dropLast()))
  }

  @Test func `every record is read as it was written`() {
    for _ in 0..<1_000 {
      let (record, bytes) = Self.line(Self.record())
      #expect(RecordReader.record(bytes) == record)
    }
  }

  @Test func `a line is taken only when writing its record again gives the same bytes`() throws {
    var taken = 0
    for _ in 0..<200 {
      let (_, bytes) = Self.line(Self.record())
      for _ in 0..<20 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...2) { Self.change(&changed) }
        guard var record = RecordReader.record(changed) else { continue }
        taken += 1
        let hash = record.hash
        let again = Array(RecordWriter.line(&record).dropLast())
        // The writer computes the hash; all before it has to be the same.
        #expect(again.dropLast(66) == changed.dropLast(66))
        #expect(String(decoding: changed.suffix(66), as: UTF8.self) == "\(hash.hex)\"}")
      }
    }
    #expect(taken > 0)
  }

  private static func change(_ bytes: inout [UInt8]) {
    let interesting = Array("\"\\u0dDaAf{}[],:9 ".utf8) + [0, 0x1F, 0x7F, 0x80, 0xFF]
    let index = Int.random(in: bytes.indices)
    switch Int.random(in: 0..<4) {
    case 0: bytes[index] = interesting.randomElement() ?? 0
    case 1: bytes.insert(interesting.randomElement() ?? 0, at: index)
    case 2 where bytes.count > 1: bytes.remove(at: index)
    default: bytes[index] ^= 1 << UInt8.random(in: 0..<8)
    }
  }

  @Test(arguments: [
    #"\ud800"#, #"\udc00"#, #"\ud83c\u0041"#, #"\u0041"#, #"\u00E4"#, #"\n"#, #"\/"#, #"\u00e"#,
    "\u{7F}", "\t", "ä", #"\"#,
  ])
  func `a spelling that the writer never uses is refused`(_ text: String) {
    var record = Self.record()
    record.entry.object = "OBJECT"
    record.entry.endUserID = ""
    let line = String(decoding: Self.line(record).bytes, as: UTF8.self)
    #expect(RecordReader.record(Array(line.utf8)) != nil)
    #expect(RecordReader.record(Array(line.replacing("OBJECT", with: text).utf8)) == nil)
  }

  @Test(arguments: [
    "", "[", "[]]", "[ ]", "[{}]", "{}", #"[{\"setting\":\"a\",\"old\":\"\",\"new\":\"\"},]"#,
    #"[{\"setting\":\"a\",\"old\":\"\",\"new\":\"\"}"#,
    #"[{\"setting\":\"a\",\"new\":\"\",\"old\":\"\"}]"#,
    #"[{\"setting\":\"\\u0041\",\"old\":\"\",\"new\":\"\"}]"#,
    #"[{\"setting\":\"\u00e4\",\"old\":\"\",\"new\":\"\"}]"#,
    #"[{\"setting\":\"a\",\"old\":1,\"new\":\"\"}]"#,
  ])
  func `a list of changes in any other form is refused`(_ text: String) {
    var record = Self.record()
    record.entry.changes = []
    let line = String(decoding: Self.line(record).bytes, as: UTF8.self)
    let changed = line.replacing(#""changes":"[]""#, with: "\"changes\":\"\(text)\"")
    #expect(changed != line)
    #expect(RecordReader.record(Array(changed.utf8)) == nil)
  }
}
