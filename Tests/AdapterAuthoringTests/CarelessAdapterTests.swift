import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

/// An HTTP adapter with one fault at a time fails the test that looks for it, and that one's twin without the fault passes.
@Suite(
  .enabled(if: Shell.hasGCC, "needs gcc"))
struct CarelessAdapterTests {

  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let test: String
    let outcome: Verdict.Outcome
    var testDescription: String { "\(name) at \(test)" }

    init(_ name: String, _ test: String, _ outcome: Verdict.Outcome) {
      self.name = name
      self.test = test
      self.outcome = outcome
    }
  }

  static let faults =
    [
      Fault("OLD_MINOR", "load.later-minor", .fail),
      Fault("OTHER_MAJOR", "load.other-major", .fail),
      Fault("NEW_TABLE", "load.entry-again", .fail), Fault("BAD_TABLE", "abi.table", .fail),
      Fault("CRASH_IN_CONSTRUCTOR", "load.constructors", .crash),
      Fault("CRASH_IN_ENTRY", "load.entry", .crash),
      Fault("EXTENDS", "descriptor.extension", .fail),
      Fault("SHORT_STRINGS", "descriptor.strings", .warn),
      Fault("CRASH_IN_CREATE", "lifecycle.create", .crash),
      Fault("ONE_INSTANCE", "lifecycle.two", .crash),
      Fault("SECOND_CONFIGURE", "lifecycle.again", .crash),
      Fault("SECOND_CONFIGURE", "order.random", .crash),
      Fault("LEAK_SECRET", "settings.canary", .fail),
      Fault("LEAK_SETTING", "settings.canary", .fail),
      Fault("NEEDS_LIMIT", "settings.least", .fail), Fault("REFUSES_LIMIT", "settings.all", .fail),
      Fault("TAKES_ANYTHING", "settings.missing", .fail),
      Fault("TAKES_ANYTHING", "settings.wrong-type", .warn),
      Fault("TAKES_ANYTHING", "settings.out-of-range", .warn),
      Fault("SILENT_REFUSAL", "settings.hostile", .fail),
      Fault("CRASH_WITHOUT_SECRET", "settings.no-secret", .crash),
      Fault("CRASH_AFTER_REFUSAL", "settings.again", .crash),
      Fault("EXACT_SIZE", "settings.later-host", .fail),
    ] + deliveryFaults + remoteFaults + resourceFaults

  static let deliveryFaults = [
    Fault("EXACT_SIZE", "deliver.later-host", .fail),
    Fault("OVERREAD", "deliver.guard-pages", .crash),
    Fault("STRLEN", "deliver.not-terminated", .fail),
    Fault("BY_SIZEOF", "deliver.stride-8", .fail), Fault("BY_SIZEOF", "deliver.stride-32", .crash),
    Fault("BY_SIZEOF", "deliver.stride-64", .crash), Fault("CUTS", "deliver.sealed", .fail),
    Fault("LEAK_EVENT", "deliver.canary", .fail), Fault("NEEDS_EVENTS", "deliver.none", .crash),
    Fault("FIRST_ATTEMPT_ONLY", "deliver.attempts", .crash),
    Fault("TRACK_ONLY", "deliver.kinds", .warn),
    Fault("COPIES_TO_STACK", "deliver.large", .crash), Fault("RECURSES", "deliver.nested", .crash),
    Fault("CONVERTS_NUMBERS", "deliver.numbers", .crash),
    Fault("CONVERTS_TEXT", "deliver.surrogates", .crash),
  ]

  static let remoteFaults =
    ["400", "401", "403", "404", "413", "500", "reset", "redirect", "refused"].map {
      Fault("ALWAYS_DELIVERED", "remote.\($0)", .fail)
    } + ["200", "202", "409", "slow"].map { Fault("ALWAYS_AUTH", "remote.\($0)", .fail) }
    + ["429", "503", "silent"].map { Fault("ALWAYS_REJECTED", "remote.\($0)", .fail) } + [
      Fault("NO_DELAY", "remote.retry-after-seconds", .warn),
      Fault("NO_DELAY", "remote.retry-after-date", .warn),
      Fault("LEAK_ANSWER", "remote.canary", .fail),
      Fault("CRASH_ON_NOISE", "remote.noise", .crash),
      Fault("ALL_OR_NOTHING", "remote.half", .warn),
    ]

  static let resourceFaults = [
    Fault("SLEEPS", "time.deadline", .timeout), Fault("SLEEPS", "time.passed", .timeout),
    Fault("REJECTS_CANCELLED", "time.cancel", .fail),
    Fault("CANCELLED_FOR_EVER", "time.after-cancel", .crash),
    Fault("SLOW_STOP", "time.stop", .timeout),
    Fault("BOUND_TO_THREAD", "threads.control", .crash),
    Fault("SHARED_STATE", "threads.concurrent", .crash),
    Fault("KEEPS_THREAD", "threads.left", .warn), Fault("LEAK_MEMORY", "resources.memory", .fail),
    Fault("LEAK_DESCRIPTOR", "resources.descriptors", .fail),
    Fault("LEAK_AT_START", "resources.starts", .fail),
  ]

  static func package(_ fault: String, in scratch: Scratch) throws -> String {
    try AuthoringFixture.compiled(
      "CarelessAdapter/careless.c", ["-DFAULT=\(fault)"], in: scratch, named: fault)
  }

  @Test(arguments: faults)
  func `a fault is found by the test that looks for it`(fault: Fault) throws {
    let scratch = try Scratch()
    let path = try Self.package(fault.name, in: scratch)
    let verdict = try #require(try AuthoringFixture.reports(path, [fault.test])[fault.test])
    #expect(verdict.outcome == fault.outcome, "\(verdict)")
    #expect(!verdict.seen.isEmpty, "\(verdict)")
    // A refusal in the host's own words has its mend in them.
    #expect(!verdict.mend.isEmpty || fault.test == "abi.table", "\(verdict)")
  }

  @Test func `without a fault every test passes that there is`() throws {
    let scratch = try Scratch()
    let reports = try AuthoringFixture.reports(try Self.package("NONE", in: scratch))
    let others = reports.filter { $0.value.outcome != .pass }
    #expect(Set(others.keys) == ["lifecycle.killed"], "\(others)")
  }

  @Test func `the same seed makes the same calls, and the words say where it went wrong`() throws {
    let scratch = try Scratch()
    let path = try Self.package("SECOND_CONFIGURE", in: scratch)
    let seen = try (0..<2).map { _ in
      try AuthoringFixture.reports(path, ["order.random"])["order.random"]?.seen
    }
    #expect(seen[0] == seen[1])
    #expect(seen[0]?.contains("round 0, call ") == true)
  }
}
