import Foundation
import Testing
import Workbench

@testable import AdapterLoading

@Suite struct ContainmentTests {
  @Test func `a crash costs a restart, and no event`() throws {
    let scratch = try Scratch()
    let notices = Notices()
    let worker = SupervisedWorker(
      try Fixture.misbehaving(
        "crash-once", ["marker": scratch.file("crashed")], notices: notices))
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(50), into: &results)
    worker.stop()
    #expect(results == Array(repeating: EventResult(.delivered), count: 50))
    #expect(worker.restarts == 1)
    #expect(
      notices.all.contains {
        if case .restarted(let reason, 1) = $0 { reason.contains("signal") } else { false }
      })
  }

  @Test(arguments: [0, 1, 31, 32, 62])
  func `the event that the adapter fails on is found, all others are delivered`(poison: Int) throws
  {
    let notices = Notices()
    let worker = SupervisedWorker(
      try Fixture.misbehaving("crash-on-id", ["id": "id-\(poison)"], notices: notices))
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(63), into: &results)
    worker.stop()
    for (index, result) in results.enumerated() {
      #expect(result.outcome == (index == poison ? .rejected : .delivered))
    }
    #expect(results[poison].detail?.hasPrefix("the adapter fails on this event: ") == true)
    #expect(notices.poisoned == [poison])
  }

  @Test func `an adapter that always crashes is given up`() throws {
    var configuration = try Fixture.misbehaving("crash-on-deliver")
    configuration.mostFailuresInARow = 4
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    #expect(throws: WorkerFailure.self) {
      try worker.deliver(Fixture.batch(8), into: &results)
    }
    worker.stop()
  }

  @Test func `a broken adapter's first events are not called poison`() throws {
    let notices = Notices()
    let worker = SupervisedWorker(try Fixture.misbehaving("crash-on-deliver", notices: notices))
    _ = try worker.start()
    var results: [EventResult] = []
    #expect(throws: WorkerFailure.self) {
      try worker.deliver(Fixture.batch(3), into: &results)
    }
    worker.stop()
    #expect(notices.poisoned.isEmpty)
  }

  @Test func `a poison event is found in the largest batch`() throws {
    let notices = Notices()
    var configuration = try Fixture.misbehaving(
      "crash-on-id", ["id": "id-0"], notices: notices)
    configuration.deliverDeadline = .seconds(20)
    configuration.mostFailuresInARow = 4
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(50_000), into: &results)
    worker.stop()
    #expect(results.count == 50_000)
    #expect(results.count { $0.outcome == .delivered } == 49_999)
    #expect(notices.poisoned == [0])
  }

  @Test func `an adapter that answers now and then and fails in between is given up`() throws {
    var configuration = try Fixture.misbehaving("crash-on-id", ["id": "id-1"])
    configuration.mostRestarts = 6
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    var rounds = 0
    #expect(throws: WorkerFailure.self) {
      while rounds < 10 {
        try worker.deliver(Fixture.batch(2), into: &results)
        #expect(results.map(\.outcome) == [.delivered, .rejected])
        rounds += 1
      }
    }
    worker.stop()
    // Each round finds the event by three restarts.
    #expect(rounds == 2)
    #expect(worker.restarts == 6)
  }

  @Test func `an adapter that ends its process is started again`() throws {
    var configuration = try Fixture.misbehaving("exit-on-deliver")
    configuration.mostFailuresInARow = 3
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    #expect(throws: WorkerFailure.ended("exit code 0")) {
      try worker.deliver(Fixture.batch(8), into: &results)
    }
  }

  @Test func `a hang is ended by a kill after the deadline and the grace`() throws {
    var configuration = try Fixture.misbehaving("hang-on-deliver")
    configuration.mostFailuresInARow = 1
    let worker = try AdapterWorker(configuration)
    var results: [EventResult] = []
    let start = ContinuousClock.now
    #expect {
      try worker.deliver(Fixture.batch(1), into: &results)
    } throws: { error in
      if case WorkerFailure.hung = error { true } else { false }
    }
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func `a call that heeds the cancel keeps its worker`() throws {
    let worker = SupervisedWorker(try Fixture.misbehaving("hang-until-cancelled"))
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(2), into: &results)
    worker.stop()
    #expect(results.map(\.outcome) == [.retry, .retry])
    #expect(worker.restarts == 0)
  }

  @Test func `a stop that hangs is ended by a kill`() throws {
    var configuration = try Fixture.misbehaving("hang-on-stop")
    configuration.stopDeadline = .milliseconds(300)
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    let start = ContinuousClock.now
    worker.stop()
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func `a worker killed from outside loses no event`() throws {
    let scratch = try Scratch()
    let worker = SupervisedWorker(
      try Fixture.configuration("CountingAdapter", settings: ["path": scratch.file("counts")]))
    _ = try worker.start()
    var delivered = 0
    for round in 0..<20 {
      if round % 4 == 2, let process = worker.processID { kill(process, SIGKILL) }
      var results: [EventResult] = []
      try worker.deliver(Fixture.batch(10), into: &results)
      delivered += results.count { $0.outcome == .delivered }
    }
    worker.stop()
    #expect(delivered == 200)
    #expect(worker.restarts == 5)
  }

  @Test func `a worker killed in the middle of a call loses no event`() throws {
    var configuration = try Fixture.misbehaving("slow")
    configuration.deliverDeadline = .seconds(20)
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    let process = try #require(worker.processID)
    let killer = Thread {
      usleep(60_000)
      kill(process, SIGKILL)
    }
    killer.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(10), into: &results)
    worker.stop()
    #expect(results == Array(repeating: EventResult(.delivered), count: 10))
    #expect(worker.restarts == 1)
  }

  @Test func `a worker that took the memory of batches away from itself loses no event`() throws {
    var configuration = try Fixture.configuration(
      "HostileAdapter", settings: ["attack": "batch-unmap"])
    configuration.sandbox = .bestEffort
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    var results: [EventResult] = []
    for round in 0..<3 {
      try worker.deliver(Fixture.batch(2), into: &results)
      #expect(results == Array(repeating: EventResult(.delivered), count: 2))
      #expect(worker.restarts == round)
    }
    worker.stop()
  }

  @Test func `a worker dies with the host`() throws {
    // A shell stands in for the host: it starts a worker that waits for its first message, and is killed.
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "mkfifo \"$1\"; exec 3<>\"$1\" 4</dev/null 5</dev/null 6</dev/null; "
        + "\"$0\" \(WorkerMain.argument) $$ >/dev/null 2>&1 & echo $!; sleep 1; kill -0 $! && echo alive; kill -9 $$",
      Fixture.sealpost, scratch.file("messages"),
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let lines = text.split(separator: "\n")
    let worker = try #require(lines.first.flatMap { Int32($0) })
    #expect(lines.last == "alive")
    for _ in 0..<100 where kill(worker, 0) == 0 { usleep(50_000) }
    #expect(kill(worker, 0) != 0)
  }
}
