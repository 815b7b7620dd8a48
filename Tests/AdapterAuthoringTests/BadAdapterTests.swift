import Testing
import Workbench

@testable import AdapterAuthoring

/// The adapter that breaks the contract on purpose fails the test that its fault is built for.
@Suite struct BadAdapterTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let behaviour: String
    let test: String
    let outcome: Verdict.Outcome
    let seen: String
    var testDescription: String { "\(behaviour) at \(test)" }

    init(_ behaviour: String, _ test: String, _ outcome: Verdict.Outcome, _ seen: String) {
      self.behaviour = behaviour
      self.test = test
      self.outcome = outcome
      self.seen = seen
    }
  }

  static let faults = [
    Fault("crash-on-configure", "lifecycle.configure", .crash, "configure: its process ended"),
    Fault("crash-on-start", "lifecycle.start", .crash, "start: its process ended: signal 4"),
    Fault("fail-start", "lifecycle.start", .fail, "start with made-up settings failed (3)"),
    Fault("crash-on-cancel", "lifecycle.cancel-idle", .crash, "cancel: its process ended"),
    Fault("crash-on-flush", "lifecycle.flush", .crash, "flush: its process ended: signal 4"),
    Fault("crash-on-stop", "lifecycle.start", .crash, "stop: its process ended: signal 4"),
    Fault("crash-on-destroy", "lifecycle.start", .crash, "destroy: its process ended: signal 4"),
    Fault("crash-on-deliver", "deliver.one", .crash, "deliver: its process ended: signal 4"),
    Fault("exit-on-deliver", "deliver.one", .crash, "deliver: its process ended: exit code 0"),
    Fault("unset-outcomes", "deliver.one", .fail, "deliver left an event with outcome 0."),
    Fault("half-outcomes", "deliver.most", .fail, "deliver left an event with outcome 0."),
    Fault("bad-outcome", "deliver.one", .fail, "deliver left an event with outcome 99."),
    Fault("write-payload", "deliver.one", .fail, "deliver wrote an event's bytes."),
    Fault("write-payload", "deliver.read-only", .crash, "signal 11, Segmentation fault"),
    Fault("write-beyond", "deliver.one", .fail, "deliver wrote a result behind the last."),
    Fault("write-beyond", "deliver.guard-pages", .crash, "signal 11, Segmentation fault"),
    Fault("forge-count-huge", "deliver.one", .fail, "a message that it may not send now"),
    Fault("reject-all", "deliver.one", .warn, "the outcome is REJECTED: not accepted, ever."),
  ]

  @Test(arguments: faults)
  func `a fault is found, and said`(fault: Fault) throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter(
      "MisbehavingAdapter", from: "Tests/Fixtures", in: scratch)
    let reports = try AuthoringFixture.reports(
      path, [fault.test], settings: #"{"behaviour":"\#(fault.behaviour)"}"#)
    let verdict = try #require(reports[fault.test])
    #expect(verdict.outcome == fault.outcome, "\(verdict)")
    #expect(verdict.seen.contains(fault.seen), "\(verdict)")
    #expect(!verdict.mend.isEmpty)
  }

  @Test func `without its fault the same adapter keeps the contract`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter(
      "MisbehavingAdapter", from: "Tests/Fixtures", in: scratch)
    let tests = Self.faults.map(\.test)
    for (test, verdict) in try AuthoringFixture.reports(path, tests) {
      #expect(!verdict.outcome.isBad, "\(test): \(verdict)")
    }
  }

  @Test func `a library that traps in its constructor is told, and nothing else is run`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.adapter(
      "ConstructorCrashAdapter", from: "Tests/Fixtures", in: scratch)
    let reports = try AuthoringFixture.reports(path)
    #expect(reports["load.constructors"]?.outcome == .crash)
    #expect(reports["deliver.one"]?.outcome == .skip)
  }
}
