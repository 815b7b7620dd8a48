import Foundation

@testable import AuditLog

/// A log in a folder of its own that goes away with the test.
final class TestLog {
  let folder: String
  static let workspaceID = "ws_test"

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var file: String { AuditFolder(path: folder).segment(1) }

  func open() throws -> AuditLog {
    try AuditLog(directory: folder, workspaceID: TestLog.workspaceID)
  }

  func open(
    segmentSize: Int = 64 << 20, flush: @escaping @Sendable (Int32) -> Int32 = { fdatasync($0) }
  ) throws -> AuditLog {
    try AuditLog(
      AuditFolder(path: folder, segmentSize: segmentSize, flush: flush),
      workspaceID: TestLog.workspaceID)
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

  func replace(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: file)) }

  func verify() -> AuditVerdict {
    AuditLog.verify(directory: folder, workspaceID: TestLog.workspaceID)
  }
}
