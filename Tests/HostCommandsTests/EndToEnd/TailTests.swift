import Foundation
import Testing
import Workbench

/// `tail`, and what `status` knows from the host that runs.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct TailTests {
  private func clinic() throws -> Clinic {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("matcher", "add", "balance", "--classification", "green")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--private-key-out",
      "private.pem")
    try clinic.done("destination", "enable", "file")
    return clinic
  }

  /// What `tail` shows of events that are sent until it has enough.
  private func tail(_ clinic: Clinic, _ host: RunningHost, _ words: String...) throws
    -> Sealpost.Outcome
  {
    let done = DispatchSemaphore(value: 0)
    let sending = Thread {
      var round = 0
      while done.wait(timeout: .now() + 0.1) == .timedOut {
        round += 1
        try? host.send(Clinic.events.replacing("\"m", with: "\"r\(round)m"))
      }
    }
    sending.start()
    defer { done.signal() }
    return try clinic.sealpost(["tail", "--events", "3"] + words)
  }

  private func objects(_ outcome: Sealpost.Outcome) throws -> [[String: Any]] {
    try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `values are masked but those known to be harmless, and watching is on record`() throws
  {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    defer { host.end() }
    _ = try host.entry("destination_started")
    let outcome = try tail(clinic, host)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let events = try objects(outcome)
    #expect(events.count == 3)
    for event in events {
      #expect(event["type"] as? String == "identify")
      #expect(event["userId"] as? String == "(masked)")
      let traits = try #require(event["traits"] as? [String: Any])
      #expect(traits["email"] as? String == "(masked)" && traits["balance"] as? Double == 120.5)
    }
    #expect(!outcome.output.contains("canary"))
    let log = try clinic.done("audit", "log", "--json").output
    #expect(log.contains("Events Tailed") && log.contains("masked"))
  }

  @Test func `with PII access values are shown on request, and that is on record`() throws {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    defer { host.end() }
    _ = try host.entry("destination_started")
    try clinic.done("token", "create", "--role", "viewer", "--output", "viewer.token")
    let refused = try clinic.sealpost(
      "tail", "--raw", "--events", "1", "--token-file", "viewer.token")
    #expect(refused.code == 77)
    #expect(refused.output.isEmpty)
    let outcome = try tail(clinic, host, "--raw", "--json")
    let events = try objects(outcome)
    #expect(events.count == 3 && events.allSatisfy { $0["source"] as? String == "default" })
    #expect(outcome.output.contains("canary"))
    #expect(try clinic.done("audit", "log", "--json").output.contains("shown"))
  }

  @Test func `a destination's events are shown as it gets them`() throws {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    defer { host.end() }
    _ = try host.entry("destination_started")
    let outcome = try tail(clinic, host, "--raw", "--destination", "file")
    #expect(try objects(outcome).count == 3)
    #expect(!outcome.output.contains("canary"))
    let unknown = try clinic.sealpost("tail", "--destination", "flie")
    #expect(unknown.errors.contains("Did you mean \"file\"?"))
  }

  @Test func `without a host there is nothing to watch, and nothing is recorded`() throws {
    let clinic = try clinic()
    for command in ["tail", "top"] {
      let outcome = try clinic.sealpost(command)
      #expect(outcome.code == 69)
      #expect(outcome.errors == "error: host, workspace: none runs. Start it: sealpost run\n")
    }
    #expect(!(try clinic.done("audit", "log", "--json").output.contains("Events Tailed")))
  }

  @Test func `status has sources, rates and readiness of the host that runs`() throws {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    defer { host.end() }
    try host.send(Clinic.events)
    let status = try #require(
      try host.eventually {
        let status = try clinic.sealpost.json("status") as? [String: Any]
        let source = (status?["sources"] as? [[String: Any]])?.first
        let destination = (status?["destinations"] as? [[String: Any]])?.first
        return source?["accepted"] as? Int == 30 && destination?["delivered"] as? Int == 30
          && destination?["running_state"] as? String == "running" ? status : nil
      })
    #expect(status["ready"] as? Bool == true && status["phase"] as? String == "running")
    #expect((status["conditions"] as? [[String: Any]])?.count == 4)
    let text = try clinic.done("status").output
    #expect(text.contains("source default: 30 accepted, 0 rejected, "))
    #expect(text.contains(", ready\n"))
    #expect(!text.contains("canary"))
  }

  @Test func `only the workspace's user may ask the host, and its socket goes with it`() throws {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    _ = try host.entry("destination_started")
    let socket = clinic.folder.file("workspace/host.sock")
    #expect(try mode(of: socket) == 0o600)
    host.end()
    #expect(!FileManager.default.fileExists(atPath: socket))
  }

  @Test func `a socket that a killed host left is no obstacle`() throws {
    let clinic = try clinic()
    let host = try RunningHost(clinic)
    _ = try host.entry("destination_started")
    host.signal(SIGKILL)
    host.end()
    #expect(FileManager.default.fileExists(atPath: clinic.folder.file("workspace/host.sock")))
    #expect(try clinic.sealpost("tail").code == 69)
    let next = try RunningHost(clinic)
    defer { next.end() }
    _ = try next.entry("destination_started")
    #expect(try clinic.sealpost.json("status") is [String: Any])
  }
}
