import Foundation
import Testing
import Workbench

@testable import AdapterLoading

@Suite struct WorkerTests {
  @Test func `an adapter is loaded in a process of its own and counts what it gets`() throws {
    let scratch = try Scratch()
    let counts = scratch.file("counts")
    let worker = SupervisedWorker(
      try Fixture.configuration("CountingAdapter", settings: ["path": counts]))
    let description = try worker.start()
    #expect(description.product == "org.sealpost.test.counting")
    #expect(description.servedTypes == 0x7E)
    var results: [EventResult] = []
    let batch = Fixture.batch(1000)
    for _ in 0..<20 { try worker.deliver(batch, into: &results) }
    #expect(results == Array(repeating: EventResult(.delivered), count: 1000))
    #expect(try worker.flush() == nil)
    worker.stop()
    let bytes = batch.events.reduce(0) { $0 + $1.length }
    #expect(try String(contentsOfFile: counts, encoding: .utf8) == "20000 \(bytes * 20)\n")
    #expect(worker.restarts == 0)
  }

  @Test func `a part of a batch is sent with offsets of its own`() throws {
    let scratch = try Scratch()
    let worker = SupervisedWorker(
      try Fixture.configuration("CountingAdapter", settings: ["path": scratch.file("counts")]))
    _ = try worker.start()
    var batch = Fixture.batch(10)
    batch.selection = 3..<5
    var results: [EventResult] = []
    try worker.deliver(batch, into: &results)
    #expect(results.count == 2)
    worker.stop()
    let bytes = batch.events[3].length + batch.events[4].length
    #expect(
      try String(contentsOfFile: scratch.file("counts"), encoding: .utf8) == "2 \(bytes)\n")
  }

  @Test func `a batch of several megabytes goes through`() throws {
    let worker = SupervisedWorker(try Fixture.configuration("CountingAdapter"))
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(100_000), into: &results)
    #expect(results.count == 100_000)
    worker.stop()
  }

  @Test func `an empty batch is answered with nothing`() throws {
    let worker = SupervisedWorker(try Fixture.configuration("CountingAdapter"))
    _ = try worker.start()
    var results = [EventResult(.auth)]
    try worker.deliver(OutgoingBatch(batchID: 1, ndjson: [], events: []), into: &results)
    #expect(results.isEmpty)
    worker.stop()
  }

  @Test func `offsets that lie outside the batch never leave the host`() throws {
    let worker = SupervisedWorker(try Fixture.configuration("CountingAdapter"))
    _ = try worker.start()
    var batch = Fixture.batch(3)
    batch.events[1].length = 1 << 30
    var results: [EventResult] = []
    #expect(throws: WorkerFailure.badBatch) { try worker.deliver(batch, into: &results) }
    worker.stop()
  }

  @Test(arguments: [
    ("retry-later", Outcome.retry, 429, true), ("reject-all", .rejected, 422, false),
    ("auth", .auth, 401, false), ("duplicate", .duplicate, 0, false),
    ("unset-outcomes", .unset, 0, false), ("bad-outcome", .unset, 0, false),
    ("write-beyond", .delivered, 0, false), ("flood-log", .delivered, 0, false),
    ("detail-out-of-range", .delivered, 0, false),
  ])
  func `outcomes come back as the adapter said them`(
    behaviour: String, outcome: Outcome, remoteCode: Int32, isWhole: Bool
  ) throws {
    var configuration = try Fixture.misbehaving(behaviour)
    configuration.deliverDeadline = .seconds(20)
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(3), into: &results)
    worker.stop()
    #expect(results.map(\.outcome) == [outcome, outcome, outcome])
    #expect(results.allSatisfy { $0.remoteCode == remoteCode && $0.wholeDestination == isWhole })
    #expect(worker.restarts == 0)
    if behaviour == "reject-all" { #expect(results[2].detail == "not accepted, ever") }
  }

  @Test func `log lines are passed on, a flood of them is cut`() throws {
    let notices = Notices()
    var configuration = try Fixture.misbehaving("flood-log", notices: notices)
    configuration.deliverDeadline = .seconds(20)
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(1), into: &results)
    worker.stop()
    #expect(notices.all.contains(.log(level: 2, text: "a line that says nothing")))
    #expect(notices.all.count <= 1000)
  }
}
