import DestinationHost
import FieldEncryption
import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

/// What is tried again, what becomes a dead letter, and what waits for the next run.
@Suite struct UndeliveredTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  @Test func `events that are to be retried are, and arrive once`() throws {
    try host.addMisbehaving("busy", ["behaviour": "retry-once"])
    let summary = try host.run(TestHost.events(40))
    let counts = try summary.counts(of: "busy")
    #expect(counts.delivered == 40 && counts.retried == 40 && counts.undelivered == 0)
  }

  @Test(arguments: [
    ("reject-all", "rejected_by_destination"),
    ("retry-later", "retries_exhausted"), ("unset-outcomes", "retries_exhausted"),
  ])
  func `what cannot be delivered is a dead letter with its reason`(
    behaviour: String, reason: String
  ) throws {
    try host.addMisbehaving("no", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(10), patience: .milliseconds(300))
    #expect(try summary.counts(of: "no").deadLettered == [reason: 10])
    #expect(try host.deadLetters("no").map(\.event.count).count == 10)
  }

  @Test func `a stop ends the retries, and nothing is lost`() throws {
    try host.addMisbehaving("later", ["behaviour": "retry-later"])
    let asked = Mutex(0)
    let summary = try host.run(TestHost.events(10), patience: .seconds(3600)) {
      asked.withLock {
        $0 += 1
        return $0 > 20
      }
    }
    #expect(try summary.counts(of: "later").waiting == 10)
  }

  @Test
  func
    `an event with a value that cannot be encrypted is not sent, and the plaintext lies nowhere`()
    throws
  {
    let path = try host.addFile("file", fields: ["email"], format: .oaep)
    let secret = String(repeating: "long-secret-", count: 40)
    let long = TestHost.event(1).replacing("p1@example.com", with: secret)
    let summary = try host.run(
      [TestHost.event(0), long, TestHost.event(2)].joined(separator: "\n"))
    #expect(try summary.counts(of: "file").deadLettered == ["encryption_value_too_long": 1])
    #expect(try host.lines(path).count == 2)
    #expect(
      try host.deadLetters("file").map { String(decoding: $0.event, as: UTF8.self) } == [long])
    #expect(
      try filesHolding("long-secret-".utf8, below: host.workspace.layout.root).isEmpty)
  }
}
