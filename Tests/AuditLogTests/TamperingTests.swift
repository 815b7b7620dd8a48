import Foundation
import Testing

@testable import AuditLog

@Suite struct TamperingTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  private var isTampered: Bool {
    if case .tampered = test.verify() { true } else { false }
  }

  @Test func `a torn tail is set aside, cut off and recorded, and the log goes on`() throws {
    try test.write(3)
    let whole = try test.bytes()
    try test.replace(whole + Array("{\"v\":1,\"se".utf8))
    try test.open().append(TestLog.entry(3))
    let records = try test.records()
    #expect(records.count == 5)
    #expect(records[3].type == .auditLogTornTailCut)
    #expect(records[3].entry.changes.map(\.setting) == ["bytes", "set_aside"])
    let saved = try String(contentsOfFile: test.folder + "/torn-1-\(whole.count)", encoding: .utf8)
    #expect(saved == "{\"v\":1,\"se")
  }

  @Test
  func `white space, another order and another spelling are noticed, though the JSON is the same`()
    throws
  {
    try test.write(1)
    let line = String(decoding: try test.bytes(), as: UTF8.self)
    for changed in [
      line.replacing("\"v\":1", with: "\"v\": 1"), line.replacing("\\u00e4", with: "\\u00E4"),
      line.replacing("\n", with: "\r\n"), line.replacing("\"seq\":1", with: "\"seq\":01"),
      line.replacing("usr_0", with: "usr\\u005f0"), " " + line,
    ] {
      try test.replace(Array(changed.utf8))
      #expect(isTampered, "\(changed.prefix(60))")
    }
  }

  @Test func `a log that was changed is not written to, and the error names the place`() throws {
    try test.write(4)
    var bytes = try test.bytes()
    let second = try test.lines()[0].count
    bytes[second + 80] ^= 1
    try test.replace(bytes)
    #expect {
      _ = try test.open()
    } throws: { error in
      guard case AuditError.tampered(test.file, 2, second, _) = error else { return false }
      return "\(error)".contains("record 2 at offset \(second)")
    }
    #expect(try test.bytes() == bytes)
  }

  @Test func `a change made while the log is open is noticed at the next write`() throws {
    let log = try test.open()
    try log.append(TestLog.entry(0))
    let handle = try #require(FileHandle(forWritingAtPath: test.file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{}\n".utf8))
    #expect {
      try log.append(TestLog.entry(1))
    } throws: { error in
      if case AuditError.tampered(_, 3, _, _) = error { true } else { false }
    }
  }

  @Test func `a folder without a log, and a segment that is gone, are missing`() throws {
    #expect(test.verify() == .missing(file: test.file))
    #expect(test.verify().exitCode == 3)
  }

  @Test func `whatever stands in the file, nothing traps`() throws {
    try test.write(2)
    let bytes = try test.bytes()
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      _ = RecordReader.record(
        Array(changed.dropLast(.random(in: 0..<changed.count, using: &random))))
      _ = RecordReader.record(changed.split(separator: 0x0A).first.map(Array.init) ?? [])
    }
  }
}
