import Foundation
import Testing

@testable import AuditLog

@Suite struct RetentionTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  /// Segments of about six records.
  private func open() throws -> AuditLog { try test.open(segmentSize: 3000) }

  private func write(_ count: Int) throws {
    let log = try open()
    for number in 0..<count { try log.append(TestLog.entry(number)) }
  }

  private static let later = "2999-01-01T00:00:00.000000Z"

  @Test func `six years are the least`() {
    #expect(AuditRetention(years: 5) == nil && AuditRetention(years: 101) == nil)
    #expect(AuditRetention(years: 6) == .sixYears)
    #expect(AuditRetention.sixYears.days == 2_192 && AuditRetention(years: 8)?.days == 2_922)
    #expect(AuditTime.now(daysAgo: 2_192).prefix(4) < AuditTime.now(daysAgo: 0).prefix(4))
  }

  @Test func `nothing expires before its time`() throws {
    try write(20)
    #expect(try open().expire() == 0)
    #expect(test.sound?.records ?? 0 > 20)
    #expect(!FileManager.default.fileExists(atPath: test.layout.expired))
  }

  @Test func `old segments go, a signed note and two records stay, and the log goes on`() throws {
    try write(20)
    let whole = try #require(test.sound)
    let last = try test.layout.lastSegment()
    #expect(try test.open().expire(before: Self.later) == last - 1)
    for number in 1..<last {
      #expect(!test.layout.exists(number))
      #expect(!FileManager.default.fileExists(atPath: test.layout.checkpoint(number)))
    }
    try open().append(TestLog.entry(99))
    let summary = try #require(test.sound)
    #expect(summary.records > whole.records)
    let records = try test.records(matching: AuditQuery(type: .auditLogSegmentExpired))
    #expect(records.count >= 2 && records.last?.outcome == .ok)
    // The keys begin with the last one that signed what is gone.
    #expect(summary.signers.count < whole.signers.count + 2)
  }

  @Test func `a saved checkpoint and a key of what is left still fit`() throws {
    try write(20)
    let saved = try #require(try test.layout.readCheckpoint(try test.layout.lastSegment()))
    let key = try #require(test.sound?.signers.last).publicKey
    _ = try test.open().expire(before: Self.later)
    #expect(test.verify(saved: saved, publicKey: key).exitCode == 0)
  }

  @Test func `every bit of the note counts, and without it the log is not whole`() throws {
    try write(14)
    _ = try test.open().expire(before: Self.later)
    let note = [UInt8](try Data(contentsOf: URL(fileURLWithPath: test.layout.expired)))
    for index in note.indices {
      var bytes = note
      bytes[index] ^= 1 << UInt8(index % 8)
      try Data(bytes).write(to: URL(fileURLWithPath: test.layout.expired))
      #expect(test.verify().exitCode != 0, "byte \(index)")
    }
    try FileManager.default.removeItem(atPath: test.layout.expired)
    #expect(test.verify().exitCode == 3)
    #expect(throws: AuditError.self) { _ = try open() }
  }

  @Test func `what a crash left of an expired segment is removed at the next start`() throws {
    try write(14)
    let copy = try Data(contentsOf: URL(fileURLWithPath: test.layout.segment(1)))
    _ = try test.open().expire(before: Self.later)
    try copy.write(to: URL(fileURLWithPath: test.layout.segment(1)))
    #expect(test.sound != nil)
    _ = try open()
    #expect(!test.layout.exists(1))
  }
}
