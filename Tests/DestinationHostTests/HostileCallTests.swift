import AuditLog
import DestinationHost
import Foundation
import Testing
import Workspace

/// An adapter that crashes or hangs in one call, each: what the log says, and that another destination has its events.
@Suite struct HostileCallTests {
  private let host: TestHost
  private let file: String

  init() throws {
    host = try TestHost()
    file = try host.addFile("file")
  }

  private func run(_ events: Int = 3) throws -> DeliveryCounts {
    let summary = try host.run(TestHost.events(events), patience: .milliseconds(200))
    #expect(try host.lines(file) == (0..<events).map { TestHost.event($0) })
    return try summary.counts(of: "bad")
  }

  /// Started twice, recorded before each time, then recorded as failed, and quarantined.
  private func expectNotStarted(_ reason: String) throws {
    let loads = try host.records(.adapterLoaded, of: "bad")
    #expect(loads.map(\.outcome) == [.intent, .intent, .failed])
    #expect(loads.last?.entry.changes.first?.new.contains(reason) == true)
    #expect(try host.workspace.destination("bad").quarantined?.reason.contains(reason) == true)
    let quarantines = try host.workspace.audit.records(
      matching: AuditQuery(type: .destinationQuarantined, object: "destination/bad"))
    #expect(quarantines.map(\.outcome) == [.intent, .ok])
    #expect(
      try host.workspace.workerHistory(of: "bad").lastFailure?.reason.contains(reason) == true)
  }

  @Test(
    .enabled(if: TestHost.hasCompiler, "needs gcc"),
    arguments: ["IN_CONSTRUCTOR", "IN_ENTRY", "IN_CREATE"])
  func `a crash before there is an instance`(place: String) throws {
    try host.addMisbehaving(
      "bad", library: try host.compileMisbehaving(["-D\(place)=__builtin_trap()"]))
    #expect(try run().waiting == 3)
    try expectNotStarted("its process ended during load: signal")
  }

  @Test(
    .enabled(if: TestHost.hasCompiler, "needs gcc"),
    arguments: ["IN_CONSTRUCTOR", "IN_ENTRY", "IN_CREATE"])
  func `a hang before there is an instance`(place: String) throws {
    host.isImpatient = true
    let library = try host.compileMisbehaving([
      "-D\(place)=hang()"
    ])
    try host.addMisbehaving("bad", library: library)
    #expect(try run().waiting == 3)
    try expectNotStarted("load took longer than 1 s; its process was killed")
  }

  @Test(arguments: ["configure", "start"])
  func `a crash before it runs`(call: String) throws {
    try host.addMisbehaving("bad", ["behaviour": "crash-on-\(call)"])
    #expect(try run().waiting == 3)
    try expectNotStarted("its process ended during \(call): signal")
  }

  @Test(arguments: ["configure", "start"])
  func `a hang before it runs`(call: String) throws {
    host.isImpatient = true
    try host.addMisbehaving("bad", ["behaviour": "hang-on-\(call)"])
    #expect(try run().waiting == 3)
    try expectNotStarted("\(call) took longer than 1 s; its process was killed")
  }

  @Test(arguments: [
    ("crash-on-deliver", "its process ended: signal"),
    ("crash-on-cancel", "its process ended: signal"),
    ("exit-on-deliver", "its process ended: exit code 0"),
    ("hang-on-deliver", "it did not answer within 0 s and was killed"),
  ])
  func `a crash or a hang while it delivers`(behaviour: String, reason: String) throws {
    host.isImpatient = true
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    #expect(try run(2).waiting == 2)
    let restarts = try host.records(.adapterRestarted, of: "bad")
    #expect(!restarts.isEmpty)
    #expect(restarts.allSatisfy { $0.entry.changes[0].new.hasPrefix(reason) })
    #expect(try host.workspace.destination("bad").quarantined?.reason.hasPrefix(reason) == true)
  }

  /// By then its events are delivered: they stay so.
  @Test(arguments: [
    ("crash-on-flush", "flush_failed", "its process ended: signal"),
    ("hang-on-flush", "flush_failed", "it did not answer within 0 s and was killed"),
    ("crash-on-stop", "stop_failed", "its process ended: signal"),
    ("hang-on-stop", "stop_failed", "it did not answer within 5 s and was killed"),
    ("crash-on-destroy", "stop_failed", "its process ended: signal"),
    ("hang-on-destroy", "stop_failed", "it did not answer within 5 s and was killed"),
  ])
  func `a crash or a hang at the end`(behaviour: String, what: String, reason: String) throws {
    host.isImpatient = true
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    #expect(try run().delivered == 3)
    let records = try host.records(.adapterMisbehaved, of: "bad")
    #expect(records.map { $0.entry.changes.map(\.setting) } == [["what", "times", "reason"]])
    #expect(records[0].entry.changes[0].new == what)
    #expect(records[0].entry.changes[2].new.hasPrefix(reason))
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(history.misbehaviour == [what: 1])
    #expect(history.lastFailure?.reason.hasPrefix(reason) == true)
  }

  /// An adapter has the socket of its own worker: what it writes there is never believed beyond its own events.
  @Test(arguments: [
    ("forge-count-huge", "its answer has another number of results"),
    ("forge-count-negative", "its answer has another number of results"),
    ("forge-count-none", "its answer has another number of results"),
    ("forge-call", "its answer is to another call"),
    ("forge-kind", "it sent a message that it may not send now"),
    ("forge-no-kind", "it sent a message that it may not send now"),
    ("forge-length-huge", "it sent a message that it may not send now"),
    ("forge-length-large", "it sent a message of 67108864 bytes"),
    ("forge-form", "its answer is malformed"),
    ("forge-list-cut", "a result of its answer is malformed"),
    ("forge-tail", "its answer is longer than its results"),
    ("forge-outcome", "a result of its answer is malformed"),
    ("forge-text-length", "a result of its answer is malformed"),
    ("forge-half", "its process ended: exit code 0"),
  ])
  func `a lie to the host costs the worker`(behaviour: String, reason: String) throws {
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    #expect(try run().waiting == 3)
    let restarts = try host.records(.adapterRestarted, of: "bad")
    #expect(!restarts.isEmpty)
    #expect(restarts.contains { $0.entry.changes[0].new.hasPrefix(reason) })
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(history.restarts == restarts.count { $0.outcome == .ok })
    #expect(try host.workspace.destination("bad").quarantined != nil)
  }

  @Test func `an attempt to write into an event ends the worker, and the event waits`() throws {
    try host.addMisbehaving("bad", ["behaviour": "write-payload"])
    #expect(try run().waiting == 3)
    let reason = "its process ended: signal 11"
    let restarts = try host.records(.adapterRestarted, of: "bad")
    #expect(!restarts.isEmpty)
    #expect(restarts.allSatisfy { $0.entry.changes[0].new.hasPrefix(reason) })
    #expect(try host.workspace.destination("bad").quarantined?.reason.hasPrefix(reason) == true)
  }

  @Test(arguments: ["write-beyond", "detail-out-of-range", "half-outcomes"])
  func `what it writes where it may not harms nobody else`(behaviour: String) throws {
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    let counts = try run(4)
    #expect(counts.delivered == (behaviour == "half-outcomes" ? 3 : 4) || counts.delivered == 4)
    #expect(try host.records(.adapterLoaded, of: "bad").map(\.outcome) == [.intent, .ok])
    let silent = try host.workspace.workerHistory(of: "bad").misbehaviour["no_outcome"] ?? 0
    #expect((silent > 0) == (behaviour == "half-outcomes"))
  }
}
