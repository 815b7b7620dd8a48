import Foundation
import Testing
import Workbench

/// `status`, beside a host that runs and without one.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct StatusTests {
  @Test func `it shows a host that runs, its pid, and what holds each adapter`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    #expect(try status(clinic)["host_running"] as? Bool == false)
    #expect(try destination(clinic)["state"] as? String == "ready")

    let host = try RunningHost(clinic)
    defer { host.end() }
    let during = try eventually(clinic) { $0["host_running"] as? Bool == true && isLoaded($0) }
    #expect(during["host_pid"] as? Int == host.pid)
    #expect(sandbox(during)?.contains("Landlock") == true)

    host.end()
    #expect(try status(clinic)["host_running"] as? Bool == false)
    #expect(try clinic.done("status").output.hasPrefix("Clinic: no host runs\n"))
  }

  @Test func `a destination that is off, paused or quarantined is shown so`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    #expect(try destination(clinic)["state"] as? String == "off")
    try clinic.done("destination", "enable", "file")
    try clinic.done("queue", "pause", "file")
    #expect(try destination(clinic)["state"] as? String == "paused")
    let document = clinic.folder.file("workspace/destinations/file.json")
    let text = try String(contentsOfFile: document, encoding: .utf8)
    try text.replacing("\"enabled\"", with: " \"enabled\"")
      .write(toFile: document, atomically: false, encoding: .utf8)
    let state = try #require(try destination(clinic)["state"] as? String)
    #expect(state.hasPrefix("quarantined: "))
  }

  private func status(_ clinic: Clinic) throws -> [String: Any] {
    try #require(try clinic.sealpost.json("status") as? [String: Any])
  }

  private func destination(_ clinic: Clinic) throws -> [String: Any] {
    try #require((try status(clinic)["destinations"] as? [[String: Any]])?.first)
  }

  private func sandbox(_ status: [String: Any]) -> String? {
    let worker = (status["destinations"] as? [[String: Any]])?.first?["worker"] as? [String: Any]
    return worker?["sandbox"] as? String
  }

  private func isLoaded(_ status: [String: Any]) -> Bool { sandbox(status) != nil }

  private func eventually(
    _ clinic: Clinic, _ isThere: ([String: Any]) -> Bool
  ) throws -> [String: Any] {
    for _ in 0..<200 {
      let found = try status(clinic)
      if isThere(found) { return found }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return try status(clinic)
  }
}
