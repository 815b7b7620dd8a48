import AuditLog
import DestinationHost
import Foundation
import Testing
import Workspace

/// An adapter that fails, or may not run, costs its own destination and nobody else.
@Suite struct ContainmentTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  @Test func `a crash loses no event, and another destination notices nothing`() throws {
    let path = try host.addFile("file")
    // A folder of its own: beside the workspace no adapter may make files.
    try FileManager.default.createDirectory(
      atPath: host.folder + "/marks", withIntermediateDirectories: false)
    try host.addMisbehaving(
      "crash", ["behaviour": "crash-once", "marker": host.folder + "/marks/crashed"])
    let summary = try host.run(TestHost.events(500))
    #expect(try summary.counts(of: "crash").delivered == 500)
    #expect(try summary.counts(of: "crash").workerRestarts == 1)
    #expect(try host.lines(path).count == 500)
    let records = try host.workspace.audit.records(
      matching: AuditQuery(type: .adapterRestarted))
    #expect(records.map(\.object) == ["worker/crash"])
  }

  @Test func `the event that crashes an adapter is a dead letter, all others are delivered`() throws
  {
    try host.addMisbehaving("poison", ["behaviour": "crash-on-id", "id": "m-37"])
    let summary = try host.run(TestHost.events(100))
    #expect(try summary.counts(of: "poison").delivered == 99)
    let letters = try host.deadLetters("poison")
    #expect(letters.map(\.reason) == ["rejected_by_destination"])
    #expect(String(decoding: letters[0].event, as: UTF8.self) == TestHost.event(37))
    #expect(letters[0].detail.contains("the adapter fails on this event"))
    #expect(try host.workspace.workerHistory(of: "poison").misbehaviour == ["poison_event": 1])
  }

  /// What an adapter does while it delivers, and what the log says of it then.
  @Test(arguments: [
    ("crash-on-deliver", "its process ended: signal"),
    ("hang-on-deliver", "it did not answer within"),
    ("exit-on-deliver", "its process ended: exit code 0"),
  ])
  func `an adapter that fails again and again is quarantined, and the others run`(
    behaviour: String, reason: String
  ) throws {
    host.isImpatient = behaviour.hasPrefix("hang")
    let path = try host.addFile("file")
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(3))
    #expect(try host.lines(path).count == 3)
    #expect(try summary.counts(of: "bad").waiting == 3)
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(history.restarts > 0)
    #expect(history.lastFailure?.reason.hasPrefix(reason) == true)
    #expect(try host.workspace.destination("bad").quarantined?.reason.hasPrefix(reason) == true)
    #expect(
      host.reports.all.contains { if case .quarantined("bad") = $0 { true } else { false } })
    #expect(
      try host.workspace.audit.records(matching: AuditQuery(type: .destinationQuarantined))
        .map(\.object) == ["destination/bad", "destination/bad"])
  }

  @Test(arguments: [
    ("flood-log", "log_flood"), ("unset-outcomes", "no_outcome"), ("bad-outcome", "no_outcome"),
  ])
  func `a breach that costs no restart is counted in the log`(behaviour: String, what: String)
    throws
  {
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    _ = try host.run(TestHost.events(3), patience: .milliseconds(100))
    let history = try host.workspace.workerHistory(of: "bad")
    #expect(try #require(history.misbehaviour[what]) > 0)
    #expect(history.restarts == 0)
    let records = try host.workspace.audit.records(matching: AuditQuery(type: .adapterMisbehaved))
    #expect(records.count < 8, "the adapter does not fill the log")
  }

  @Test(arguments: ["crash-on-start", "hang-on-start"])
  func `an adapter that fails at its start is tried once more, then quarantined`(behaviour: String)
    throws
  {
    host.isImpatient = behaviour.hasPrefix("hang")
    try host.addMisbehaving("bad", ["behaviour": behaviour])
    _ = try host.run(TestHost.events(3))
    #expect(try host.workspace.destination("bad").quarantined != nil)
    let loads = try host.workspace.audit.records(
      matching: AuditQuery(type: .adapterLoaded, object: "worker/bad"))
    #expect(loads.map(\.outcome) == [.intent, .intent, .failed])
    let summary = try host.run(TestHost.events(2))
    #expect(try summary.counts(of: "bad").waiting == 5)
  }

  @Test(arguments: ["fail-start", "fail-configure", "crash-on-start"])
  func `a destination that does not start keeps its events, and the others run`(behaviour: String)
    throws
  {
    let path = try host.addFile("file")
    try host.addMisbehaving("broken", ["behaviour": behaviour])
    let summary = try host.run(TestHost.events(20))
    #expect(try host.lines(path).count == 20)
    #expect(try summary.counts(of: "broken").waiting == 20)
    #expect(try host.deadLetters("broken").isEmpty)
    #expect(
      host.reports.all.contains { if case .refused("broken", _) = $0 { true } else { false } })
  }

  @Test func `a library that was changed after its installation is refused before it is loaded`()
    throws
  {
    let path = try host.addFile("file")
    let adapter = try host.workspace.adapter("org.sealpost.ndjson-file")
    let library = host.workspace.libraryPath(of: adapter)
    let handle = try #require(FileHandle(forWritingAtPath: library))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0]))
    let summary = try host.run(TestHost.events(5))
    #expect(try summary.counts(of: "file").waiting == 5)
    #expect(!FileManager.default.fileExists(atPath: path))
    let records = try host.workspace.audit.records(matching: AuditQuery(object: "worker/file"))
    #expect(records.map(\.outcome) == [.denied])
    #expect(records[0].entry.changes[0].new.contains("has the SHA-256"))
  }

  @Test func `a product that is taken from the list does not run any more`() throws {
    try host.addFile("file")
    try host.workspace.disallow(product: "org.sealpost.ndjson-file")
    let summary = try host.run(TestHost.events(5))
    #expect(try summary.counts(of: "file").waiting == 5)
  }
}
