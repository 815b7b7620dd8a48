import AuditLog
import Cryptography
import Foundation
import Synchronization
import Testing

@testable import DestinationHost

@Suite struct AuditHeartbeatTests {
  @Test func `what is new in the log is signed though nobody writes any more`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      .path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/keys", withIntermediateDirectories: true)
    let log = try AuditLog(directory: folder, keys: folder + "/keys", workspaceID: "ws_test")
    try log.append(
      AuditEntry(actor: "a", type: .hostStarted, outcome: .ok, requestID: "", object: "host"))
    #expect(covered(folder) == 1)
    let failures = Mutex(0)
    let heartbeat = AuditHeartbeat(log, every: .milliseconds(10)) { _ in
      failures.withLock { $0 += 1 }
    }
    let deadline = Date(timeIntervalSinceNow: 20)
    while covered(folder) != 2, Date() < deadline { usleep(5_000) }
    #expect(covered(folder) == 2)
    #expect(failures.withLock { $0 } == 0)
    // A heartbeat that cannot sign says so.
    try FileManager.default.removeItem(atPath: folder + "/keys/audit-000001.key")
    try log.append(
      AuditEntry(actor: "a", type: .hostStopped, outcome: .ok, requestID: "", object: "host"))
    while failures.withLock({ $0 }) == 0, Date() < deadline { usleep(5_000) }
    #expect(failures.withLock { $0 } > 0)
    heartbeat.end()
  }

  private func covered(_ folder: String) -> UInt64? {
    guard case .sound(let summary) = AuditLog.verify(directory: folder, workspaceID: "ws_test")
    else { return nil }
    return summary.covered
  }
}
