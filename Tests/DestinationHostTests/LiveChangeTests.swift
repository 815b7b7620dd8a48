import AuditLog
import DeliveryQueue
import DestinationHost
import Foundation
import Privacy
import Synchronization
import Testing
import Workspace

/// What a workspace that is changed while a host runs does to the run.
@Suite struct LiveChangeTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  private func reconfigurations() -> Int {
    host.reports.all.count { if case .reconfigured = $0 { true } else { false } }
  }

  private func lineCount(_ path: String) -> Int { (try? host.lines(path).count) ?? 0 }

  @Test
  func `fields changed while events come are encrypted from there on, and none is lost or twice`()
    throws
  {
    let path = try host.addFile("file", fields: ["email"])
    try host.workspace.add(matcher: Matcher(name: "price", classification: .yellow))
    let summary = try host.live { feed, workspace in
      var number = 0
      for round in 1...4 {
        for _ in 0..<10 {
          try feed(number..<number + 20)
          number += 20
        }
        try host.waitUntil("delivered") { lineCount(path) > number - 100 }
        if round % 2 == 1 {
          try workspace.addEncryptedFields(["price"], to: "file")
        } else {
          try workspace.removeEncryptedFields(["price"], from: "file")
        }
        try host.waitUntil("taken") { reconfigurations() >= round }
      }
      try feed(number..<number + 20)
    }
    #expect(summary.accepted == 820)
    let lines = try host.lines(path)
    let ids = lines.compactMap {
      $0.firstMatch(of: #/"messageId":"m-(\d+)"/#).flatMap { Int($0.1) }
    }
    #expect(ids == Array(0..<820), "each once, in order")
    #expect(lines.allSatisfy { !$0.contains("@example.com") })
    // Each change is one step in the order of events: no event after it is as before it.
    let clear = lines.map { $0.contains(#""price":120.50"#) }
    let steps = zip(clear, clear.dropFirst()).count { $0 != $1 }
    #expect(steps == 4, "price is clear, sealed, clear, sealed, clear: \(steps) steps")
    #expect(clear[0] && !clear[260] && clear.last == true)
    #expect(summary.destinations[0].counts.workerRestarts == 0)
    let loads = try host.workspace.audit.records(matching: .init(type: .adapterLoaded))
    #expect(loads.count == 2, "other fields are no reason to start the adapter again")
  }

  @Test func `a product that is revoked stops at once, and the others run on`() throws {
    let path = try host.addFile("file")
    try host.addMisbehaving("revoked", ["behaviour": "none"])
    let summary = try host.live { feed, workspace in
      try feed(0..<50)
      try host.waitUntil("delivered") { lineCount(path) == 50 }
      try workspace.disallow(product: "org.sealpost.test.misbehaving")
      try host.waitUntil("taken") { reconfigurations() >= 1 }
      try feed(50..<100)
      try host.waitUntil("delivered") { lineCount(path) == 100 }
    }
    #expect(try summary.counts(of: "file").delivered == 100)
    #expect(try summary.counts(of: "revoked").delivered == 50)
    #expect(try summary.counts(of: "revoked").waiting == 50)
  }

  @Test func `a destination that is enabled while the host runs gets the events from then on`()
    throws
  {
    let first = try host.addFile("first")
    let second = try host.addFile("second")
    try host.workspace.disableDestination("second")
    let summary = try host.live { feed, workspace in
      try feed(0..<30)
      try host.waitUntil("delivered") { lineCount(first) == 30 }
      try workspace.enableDestination("second")
      try host.waitUntil("taken") { reconfigurations() >= 1 }
      try feed(30..<60)
      try host.waitUntil("delivered") { lineCount(second) == 30 }
      try workspace.disableDestination("second")
      try host.waitUntil("taken") { reconfigurations() >= 2 }
      try feed(60..<70)
    }
    #expect(summary.accepted == 70)
    #expect(try host.lines(first).count == 70)
    #expect(try host.lines(second) == (30..<60).map { TestHost.event($0) })
  }

  @Test func `what a pause keeps back is delivered when it ends, while the host runs`() throws {
    let path = try host.addFile("file")
    _ = try host.live { feed, workspace in
      try feed(0..<10)
      try host.waitUntil("delivered") { lineCount(path) == 10 }
      try workspace.setDelivery(of: "file") { $0.paused = true }
      try host.waitUntil("taken") { reconfigurations() >= 1 }
      try feed(10..<20)
      usleep(300_000)
      #expect(lineCount(path) == 10)
      try workspace.setDelivery(of: "file") { $0.paused = nil }
      try host.waitUntil("delivered") { lineCount(path) == 20 }
    }
    #expect(try host.lines(path) == (0..<20).map { TestHost.event($0) })
  }

  @Test func `letters that are redriven while the host runs are delivered by it`() throws {
    let path = try host.addFile("file")
    let letter = DeadLetter(
      event: Array(TestHost.event(50).utf8), form: .sealed, reason: "test", detail: "",
      receivedUnixNanoseconds: 1)
    try host.workspace.deadLetters(of: "file").append(letter)
    let summary = try host.live { feed, workspace in
      try feed(0..<10)
      try host.waitUntil("delivered") { lineCount(path) == 10 }
      #expect(try workspace.redriveLetters(of: "file") { _ in true } == 1)
      try host.waitUntil("redriven") { lineCount(path) == 11 }
      try feed(10..<20)
    }
    #expect(summary.redriven == 1)
    #expect(try host.lines(path).count == 21)
    #expect(try host.lines(path)[10] == TestHost.event(50))
  }

  @Test(arguments: ["hang-on-deliver", "hang-until-cancelled"])
  func `a stop waits for no adapter that hangs, and its events stay`(behaviour: String) throws {
    try host.addMisbehaving("hung", ["behaviour": behaviour])
    let begun = ContinuousClock.now
    let summary = try host.run(
      TestHost.events(10), stop: { begun.duration(to: .now) > .seconds(2) },
      change: {
        // Without the stop's own deadline this run would take ten minutes.
        $0.deliverDeadline = .seconds(600)
        $0.stopDeadline = .milliseconds(300)
        $0.grace = .milliseconds(500)
      })
    #expect(summary.wasStopped)
    #expect(try summary.counts(of: "hung").waiting == 10)
    #expect(try summary.counts(of: "hung").deadLettered.isEmpty)
    #expect(try host.workspace.destination("hung").quarantine == nil)
  }

  @Test func `a second host on one workspace is refused, and the first runs on`() throws {
    let path = try host.addFile("file")
    _ = try host.live { feed, workspace in
      try feed(0..<10)
      try host.waitUntil("delivered") { lineCount(path) == 10 }
      let error = #expect(throws: WorkspaceError.self) {
        try DestinationHost.run(HostRun(input: nil), on: workspace)
      }
      #expect(error.map { "\($0)" }?.contains("\(getpid())") == true)
      try feed(10..<20)
    }
    #expect(try host.lines(path).count == 20)
  }

  @Test func `a document that becomes unreadable while the host runs changes nothing`() throws {
    let path = try host.addFile("file")
    _ = try host.live { feed, workspace in
      try feed(0..<10)
      try host.waitUntil("delivered") { lineCount(path) == 10 }
      let document = workspace.layout.settings
      let text = try String(contentsOfFile: document, encoding: .utf8)
      try "{".write(toFile: document, atomically: false, encoding: .utf8)
      try host.waitUntil("told") {
        host.reports.all.contains { if case .damaged = $0 { true } else { false } }
      }
      try feed(10..<20)
      try host.waitUntil("delivered") { lineCount(path) == 20 }
      try text.write(toFile: document, atomically: false, encoding: .utf8)
    }
    #expect(try host.lines(path).count == 20)
  }
}
