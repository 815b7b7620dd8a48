import CDestinationAdapter
import DestinationKit
import Synchronization
import Testing

@Suite struct LifecycleTests {
  @Test func `the calls reach the adapter in their order`() {
    let calls = Log()
    let instance = TestInstance(
      TestAdapter.Script(
        initialise: { _ in calls.add("init") }, start: { calls.add("start") },
        flush: { _ in calls.add("flush") }, stop: { _ in calls.add("stop") },
        end: { calls.add("deinit") },
        deliver: { batch in
          calls.add("deliver \(batch.count)")
          return .all(.delivered)
        }))
    #expect(instance.configure() == .ok)
    #expect(instance.start() == .ok)
    instance.deliver(TestBatch(["{}", "{}"]))
    #expect(instance.flush() == .ok)
    instance.stop()
    instance.destroy()
    #expect(calls.all == ["init", "start", "deliver 2", "flush", "stop", "deinit"])
  }

  @Test func `after stop it can be configured and started again, as a new adapter`() {
    let made = Atomic(0)
    let instance = TestInstance(
      TestAdapter.Script(initialise: { _ in made.add(1, ordering: .relaxed) }))
    for round in 1...2 {
      #expect(instance.configure() == .ok)
      #expect(instance.start() == .ok)
      let batch = TestBatch(["{}"])
      instance.deliver(batch)
      #expect(batch.kinds == [DESTINATION_OUTCOME_DELIVERED])
      instance.stop()
      #expect(made.load(ordering: .relaxed) == round)
    }
  }

  @Test func `a call out of order is a problem, not a crash`() {
    let instance = TestInstance()
    let early = TestInstance.Answer(
      status: DESTINATION_INVALID,
      problem: "start, about this instance: it is called only after configure.")
    #expect(instance.start() == early)
    #expect(instance.flush().status == DESTINATION_INVALID)
    instance.stop()
    instance.cancel(0)
    #expect(instance.configure() == .ok)
    #expect(instance.configure().status == DESTINATION_INVALID)
    #expect(instance.start() == .ok)
    #expect(instance.start().status == DESTINATION_INVALID)
  }

  @Test func `a batch before start or after stop is retried`() {
    let instance = TestInstance()
    let batch = TestBatch(["{}"])
    instance.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_RETRY])
    _ = instance.configure()
    _ = instance.start()
    instance.stop()
    let late = TestBatch(["{}"])
    instance.deliver(late)
    #expect(late.kinds == [DESTINATION_OUTCOME_RETRY])
    #expect(instance.host.details.count == 2)
  }

  @Test func `an adapter that failed to start can be destroyed`() {
    let instance = TestInstance(
      TestAdapter.Script(start: { throw AdapterProblem.unavailable("the door is shut.") }))
    #expect(instance.configure() == .ok)
    #expect(
      instance.start() == .init(status: DESTINATION_UNAVAILABLE, problem: "the door is shut."))
    instance.destroy()
  }

  @Test func `a host that is too small or of another major is refused`() {
    for host in [TestHost(structSize: 87), TestHost(major: 2), TestHost(structSize: 0)] {
      let instance = TestInstance(host: host)
      #expect(instance.created.status == DESTINATION_INVALID)
      #expect(instance.created.problem.hasPrefix("create, about the host: it is smaller than"))
    }
  }

  @Test func `a larger host is welcome`() {
    #expect(TestInstance(host: TestHost(structSize: 4096)).created == .ok)
  }

  @Test func `a host whose functions are missing is survived`() {
    let instance = TestInstance.running(host: TestHost(isEmpty: true)) { batch in
      _ = batch.isCancelled
      _ = batch.deadline.remaining
      return .all(.retry(detail: "nobody hears this"))
    }
    let batch = TestBatch(["{}"])
    unsafe batch.batch.deadline_mono_ns = 5
    instance.deliver(batch)
    #expect(batch.kinds == [DESTINATION_OUTCOME_RETRY])
  }

  @Test func `calls without an instance do nothing`() {
    let table = unsafe export(TestAdapter.self, hostMajor: 1)!.pointee
    #expect(unsafe table.start(nil, nil) == DESTINATION_INVALID)
    #expect(unsafe table.configure(nil, nil, nil) == DESTINATION_INVALID)
    #expect(unsafe table.flush(nil, 0, nil) == DESTINATION_INVALID)
    #expect(unsafe table.create(nil, nil, nil, nil) == DESTINATION_INVALID)
    unsafe table.deliver(nil, nil, nil)
    unsafe table.cancel(nil, 0)
    unsafe table.stop(nil, 0)
    unsafe table.destroy(nil)
  }

  @Test func `cancel reaches the adapter with the call's token, also while it starts`() {
    let calls = Log()
    let instance = TestInstance(
      TestAdapter.Script(cancel: { calls.add("cancel \($0.rawValue)") }))
    instance.cancel(1)
    _ = instance.configure()
    instance.cancel(2)
    _ = instance.start()
    instance.cancel(3)
    instance.stop()
    instance.cancel(4)
    #expect(calls.all == ["cancel 2", "cancel 3"])
  }

  @Test func `deadlines are on the host's clock`() {
    let seen = Log()
    let instance = TestInstance.running(
      TestAdapter.Script(
        flush: { seen.add("\(String(describing: $0.remaining)) \($0.hasPassed)") },
        stop: { seen.add("\(String(describing: $0.remaining)) \($0.hasPassed)") }))
    _ = instance.flush(1_500)
    _ = instance.flush(900)
    instance.stop(0)
    #expect(
      seen.all == [
        "Optional(5e-07 seconds) false", "Optional(0.0 seconds) true", "nil false",
      ])
  }
}

/// What happened, in order, from any thread.
final class Log: Sendable {
  private let entries = Mutex<[String]>([])

  var all: [String] { entries.withLock { $0 } }

  func add(_ entry: String) { entries.withLock { $0.append(entry) } }
}
