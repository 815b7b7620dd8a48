import Foundation
import Testing

@testable import AuditLog

@Suite struct SegmentTests {
  private let test: TestLog

  init() throws { test = try TestLog() }

  private func path(_ number: Int) -> String { test.layout.segment(number) }

  /// Writes that many records into segments of about three.
  private func writeSegments(_ count: Int) throws {
    let log = try test.open(segmentSize: 1500)
    for number in 0..<count { try log.append(TestLog.entry(number)) }
  }

  @Test func `the chain goes on over the segments`() throws {
    try writeSegments(20)
    #expect(FileManager.default.fileExists(atPath: path(5)))
    let records = try test.records()
    #expect(records.map(\.entry) == (0..<20).map(TestLog.entry))
    let summary = try #require(test.sound)
    #expect(summary.lastHash == records.last?.hash)
    #expect(summary.signers.map(\.segment) == Array(1...summary.signers.count))
    #expect(summary.covered == summary.records)
  }

  @Test func `two handles follow each other into the next segment`() throws {
    let logs = try (0..<2).map { _ in try test.open(segmentSize: 1500) }
    for number in 0..<20 { try logs[number % 2].append(TestLog.entry(number)) }
    let records = try logs[0].records(matching: AuditQuery()).filter { !$0.type.bringsKey }
    #expect(records.map(\.entry) == (0..<20).map(TestLog.entry))
  }

  @Test(arguments: 1...4)
  func `a segment that is gone is missed by its name`(_ number: Int) throws {
    try writeSegments(20)
    try FileManager.default.removeItem(atPath: path(number))
    #expect(test.verify() == .missing(file: path(number)))
    #expect(throws: (any Error).self) { _ = try test.open(segmentSize: 1500) }
    #expect(!FileManager.default.fileExists(atPath: path(number)))
  }

  @Test func `segments that change places, and a record cut off in the middle, are tampering`()
    throws
  {
    try writeSegments(20)
    let first = try Data(contentsOf: URL(fileURLWithPath: path(1)))
    let second = try Data(contentsOf: URL(fileURLWithPath: path(2)))
    try second.write(to: URL(fileURLWithPath: path(1)))
    try first.write(to: URL(fileURLWithPath: path(2)))
    #expect(test.verify().exitCode == 1)
    try first.dropLast(5).write(to: URL(fileURLWithPath: path(1)))
    try second.write(to: URL(fileURLWithPath: path(2)))
    #expect(test.verify().exitCode == 1)
  }

  @Test func `a pipe, a folder or a link under a segment's name is not read`() throws {
    unsafe mkfifo(test.file, 0o600)
    #expect(test.verify() == .unreadable(file: test.file, code: ENOTSUP))
    #expect(throws: (any Error).self) { _ = try test.open() }
    try FileManager.default.removeItem(atPath: test.file)
    try FileManager.default.createDirectory(atPath: test.file, withIntermediateDirectories: false)
    #expect(test.verify() == .unreadable(file: test.file, code: ENOTSUP))
    try FileManager.default.removeItem(atPath: test.file)
    try FileManager.default.createSymbolicLink(atPath: test.file, withDestinationPath: "/dev/null")
    #expect(test.verify() == .unreadable(file: test.file, code: ELOOP))
  }

  @Test func `after a sync that failed nothing is written any more, and the next start goes on`()
    throws
  {
    let disk = FailingDisk()
    let log = try test.open(disk: disk.step)
    try log.append(TestLog.entry(0))
    disk.fail(.sync, at: ".jsonl")
    #expect(throws: AuditError.notDurable(path: test.file, code: EIO)) {
      try log.append(TestLog.entry(1))
    }
    let calls = disk.syncs
    disk.fail(nil)
    #expect(throws: AuditError.notDurable(path: test.file, code: EIO)) {
      try log.append(TestLog.entry(2))
    }
    #expect(disk.syncs == calls)
    try test.open().append(TestLog.entry(3))
    #expect(try test.records().map(\.entry) == [TestLog.entry(0), TestLog.entry(3)])
  }

  @Test func `every record is synced before it is answered`() throws {
    let disk = FailingDisk()
    let log = try test.open(disk: disk.step)
    for number in 0..<5 {
      let before = disk.syncs
      try log.append(TestLog.entry(number))
      #expect(disk.syncs == before + 1)
      #expect(disk.sizeAtLastSync == (try test.bytes().count))
    }
  }

  @Test func `a torn tail that another process left is recorded by whoever writes next`() throws {
    let log = try test.open()
    try log.append(TestLog.entry(0))
    let whole = try test.bytes().count
    let handle = try #require(FileHandle(forWritingAtPath: test.file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"v\":1".utf8))
    try log.append(TestLog.entry(1))
    let records = try test.records()
    #expect(records.map(\.type).contains(.auditLogTornTailCut))
    #expect(records.map(\.sequence) == [2, 3, 4])
    #expect(
      try String(contentsOfFile: "\(test.folder)/torn-1-\(whole)", encoding: .utf8) == "{\"v\":1")
  }

  @Test func `a torn tail that was cut and not recorded is recorded at the next start, once`()
    throws
  {
    try test.write(2)
    let end = try test.bytes().count
    try Data("{\"v\":".utf8).write(to: URL(fileURLWithPath: "\(test.folder)/torn-1-\(end)"))
    for _ in 0..<2 { _ = try test.open() }
    let records = try test.open().records(matching: AuditQuery(type: .auditLogTornTailCut))
    #expect(records.count == 1)
    #expect(records.first?.entry.changes.first?.old == "5")
  }

  @Test func `records cut off while the log is open are missed at the next write`() throws {
    let log = try test.open()
    for number in 0..<4 { try log.append(TestLog.entry(number)) }
    let bytes = try test.bytes()
    let end = try #require(bytes.dropLast().lastIndex(of: 0x0A)) + 1
    #expect(unsafe truncate(test.file, end) == 0)
    #expect {
      try log.append(TestLog.entry(4))
    } throws: { error in
      if case AuditError.tampered(_, 5, end, _) = error { true } else { false }
    }
  }
}
