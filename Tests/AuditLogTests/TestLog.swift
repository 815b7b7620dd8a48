import Foundation
import Testing

@testable import AuditLog

/// A log in a folder of its own that goes away with the test.
final class TestLog {
  let folder: String
  static let workspaceID = "ws_test"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(
      atPath: folder + "/keys", withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Where the keys are: not beside the log, so that a test that lists it sees its files only.
  var keys: String { folder + "/keys" }
  var file: String { layout.segment(1) }
  var note: String { layout.checkpoint(1) }
  var layout: AuditFolder { AuditFolder(path: folder, keys: keys) }

  func open(
    segmentSize: Int = 64 << 20,
    disk: @escaping @Sendable (AuditFolder.DiskStep, String) -> Int32 = { _, _ in 0 }
  ) throws -> AuditLog {
    try AuditLog(
      AuditFolder(path: folder, keys: keys, segmentSize: segmentSize, disk: disk),
      workspaceID: TestLog.workspaceID)
  }

  /// All records but those about the log's own keys.
  func records(matching query: AuditQuery = AuditQuery()) throws -> [AuditRecord] {
    try open().records(matching: query).filter { !$0.type.bringsKey }
  }

  /// Writes that many records, each a little different.
  func write(_ count: Int) throws {
    let log = try open()
    for number in 0..<count { try log.append(TestLog.entry(number)) }
  }

  static func entry(_ number: Int) -> AuditEntry {
    AuditEntry(
      actor: "usr_\(number % 3)", type: AuditEventType.allCases[number % 20],
      outcome: AuditOutcome.allCases[number % 4], requestID: "req-\(number)",
      object: "destination/file-\(number % 2)",
      changes: [
        AuditChange(setting: "name", old: "a \"quoted\" \\ ä\n", new: "\u{1F3E5}\u{7F}\u{0}")
      ])
  }

  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))) }

  /// With their line feeds.
  func lines() throws -> [[UInt8]] {
    try bytes().split(separator: 0x0A).map { Array($0) + [0x0A] }
  }

  func replace(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: file)) }

  func verify(saved: Checkpoint? = nil, publicKey: [UInt8]? = nil) -> AuditVerdict {
    AuditLog.verify(
      directory: folder, workspaceID: TestLog.workspaceID,
      saved: saved.map { [("saved", $0)] } ?? [], publicKey: publicKey)
  }

  /// What the log is when it is sound; else an issue says what it is.
  var sound: AuditSummary? {
    let verdict = verify()
    guard case .sound(let summary) = verdict else {
      Issue.record("\(verdict)")
      return nil
    }
    return summary
  }
}
