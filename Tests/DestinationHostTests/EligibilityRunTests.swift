import AuditLog
import DestinationHost
import Eligibility
import Foundation
import Synchronization
import Testing
import Workspace

/// A workspace that may not handle PHI runs, and nothing classified leaves it in clear.
@Suite struct EligibilityRunTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  private var standings: [EligibilityDecision] {
    host.reports.all.compactMap {
      if case .eligibility(let decision) = $0 { decision } else { nil }
    }
  }

  @Test func `one that is not eligible says so, and leaves out what would go in clear`() throws {
    let path = try host.addFile("file")
    try host.workspace.setPlan(.team, addon: false)
    let summary = try host.run(TestHost.events(5))
    #expect(summary.destinations.map(\.counts.delivered) == [5])
    let expected = (0..<5).map {
      TestHost.event($0).replacing("\"email\":\"p\($0)@example.com\",", with: "")
    }
    #expect(try host.lines(path) == expected)
    #expect(summary.values.removed == 5 && summary.values.encrypted == 0)
    #expect(
      standings.map(\.reason) == [
        "this workspace is not eligible: the plan team is not an eligible plan"
      ])
    let record = try host.workspace.audit.records(matching: AuditQuery(type: .hostStarted)).last
    #expect(record?.outcome == .ok)
    #expect(record?.entry.changes.map(\.setting) == ["destinations", "not_eligible"])
  }

  @Test func `what a destination encrypts is still sent, as ciphertext`() throws {
    let path = try host.addFile("sealed", fields: ["email"])
    try host.workspace.setPlan(.free, addon: false)
    let phone = TestHost.event(1, #","phone":"+43 1 234","ssn":"078-05-1120""#)
    let summary = try host.run(phone + "\n")
    #expect(summary.values.encrypted == 1 && summary.values.removed == 2)
    let line = try #require(try host.lines(path).first)
    #expect(line.contains(#""email":""#))
    for canary in ["example.com", "234", "1120", "phone", "ssn"] { #expect(!line.contains(canary)) }
  }

  @Test func `an eligible one says nothing of it`() throws {
    let path = try host.addFile("file")
    let summary = try host.run(TestHost.events(3))
    #expect(standings.isEmpty && summary.values.removed == 0)
    #expect(try host.lines(path) == (0..<3).map { TestHost.event($0) })
  }

  @Test func `a change of eligibility holds from the next event on, and is recorded`() throws {
    let path = try host.addFile("file")
    let input = Pipe()
    let (workspace, reports) = (host.workspace, host.reports)
    let isChanged = Mutex(false)
    let writer = Thread {
      defer { try? input.fileHandleForWriting.close() }
      func wait(_ holds: () -> Bool) {
        for _ in 0..<1_000 where !holds() { Thread.sleep(forTimeInterval: 0.01) }
      }
      func count(_ matches: (HostReport) -> Bool) -> Int { reports.all.count(where: matches) }
      func isEligibility(_ report: HostReport) -> Bool {
        if case .eligibility = report { true } else { false }
      }
      func isReconfigured(_ report: HostReport) -> Bool {
        if case .reconfigured = report { true } else { false }
      }
      func send(_ number: Int) {
        let line = Data((TestHost.event(number) + "\n").utf8)
        try? input.fileHandleForWriting.write(contentsOf: line)
      }
      send(0)
      wait { (try? String(contentsOfFile: path, encoding: .utf8))?.isEmpty == false }
      try? workspace.setPlan(.team, addon: false)
      wait { count(isEligibility) == 1 && count(isReconfigured) == 1 }
      send(1)
      wait { (try? String(contentsOfFile: path, encoding: .utf8))?.contains("m-1") == true }
      try? workspace.setPlan(.business, addon: false)
      wait { count(isEligibility) == 2 && count(isReconfigured) == 2 }
      send(2)
      isChanged.withLock { $0 = true }
    }
    writer.start()
    _ = try host.run(input.fileHandleForReading.fileDescriptor)
    #expect(isChanged.withLock { $0 })
    #expect(try host.lines(path).map { $0.contains("@example.com") } == [true, false, true])
    #expect(standings.map(\.allowed) == [false, true])
    let records = try workspace.audit.records(
      matching: AuditQuery(type: .workspaceEligibilityChanged))
    #expect(records.map { $0.entry.changes.first?.new } == ["false", "true"])
  }
}
