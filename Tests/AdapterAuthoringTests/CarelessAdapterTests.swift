import Foundation
import Testing

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

  static let faults = [
    Fault("OTHER_MAJOR", "load.other-major", .fail), Fault("NEW_TABLE", "load.entry-again", .fail),
    Fault("CRASH_IN_ENTRY", "load.entry", .crash), Fault("EXTENDS", "descriptor.extension", .fail),
    Fault("LEAK_SECRET", "settings.canary", .fail),
    Fault("LEAK_SETTING", "settings.canary", .fail),
    Fault("TAKES_ANYTHING", "settings.missing", .fail),
    Fault("SILENT_REFUSAL", "settings.hostile", .fail),
    Fault("CRASH_WITHOUT_SECRET", "settings.no-secret", .crash),
    Fault("SECOND_CONFIGURE", "lifecycle.again", .crash),
    Fault("SECOND_CONFIGURE", "order.random", .crash),
    Fault("OVERREAD", "deliver.guard-pages", .crash),
    Fault("STRLEN", "deliver.not-terminated", .fail),
    Fault("BY_SIZEOF", "deliver.stride-8", .fail), Fault("CUTS", "deliver.sealed", .fail),
    Fault("LEAK_EVENT", "deliver.canary", .fail), Fault("NEEDS_EVENTS", "deliver.none", .crash),
    Fault("ALWAYS_DELIVERED", "remote.401", .fail), Fault("ALWAYS_DELIVERED", "remote.500", .fail),
    Fault("ALWAYS_DELIVERED", "remote.reset", .fail),
    Fault("ALWAYS_REJECTED", "remote.429", .fail), Fault("ALWAYS_REJECTED", "remote.503", .fail),
    Fault("ALWAYS_REJECTED", "remote.silent", .fail),
    Fault("NO_DELAY", "remote.retry-after-seconds", .warn),
    Fault("NO_DELAY", "remote.retry-after-date", .warn),
    Fault("LEAK_ANSWER", "remote.canary", .fail), Fault("CRASH_ON_NOISE", "remote.noise", .crash),
    Fault("ALL_OR_NOTHING", "remote.half", .warn), Fault("SLEEPS", "time.deadline", .timeout),
    Fault("REJECTS_CANCELLED", "time.cancel", .fail), Fault("SLOW_STOP", "time.stop", .timeout),
    Fault("BOUND_TO_THREAD", "threads.control", .crash),
    Fault("SHARED_STATE", "threads.concurrent", .crash),
    Fault("KEEPS_THREAD", "threads.left", .warn), Fault("LEAK_MEMORY", "resources.memory", .fail),
    Fault("LEAK_DESCRIPTOR", "resources.descriptors", .fail),
    Fault("LEAK_AT_START", "resources.starts", .fail),
  ]

  static func package(_ fault: String, in scratch: Scratch) throws -> String {
    let source = AuthoringFixture.root.appendingPathComponent("Tests/Fixtures/CarelessAdapter").path
    let header = AuthoringFixture.root.appendingPathComponent("Sources/CDestinationAdapter/include")
    let map = AuthoringFixture.root.appendingPathComponent("Plugins/destination-adapter.map").path
    let target = scratch.file(fault)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(source)/adapter.json", toPath: "\(target)/adapter.json")
    let built = try Shell.run(
      "/usr/bin/gcc",
      [
        "-std=gnu11", "-w", "-O1", "-shared", "-fPIC", "-DFAULT=\(fault)", "-I", header.path,
        "-Wl,--version-script=\(map)", "\(source)/careless.c", "-o", "\(target)/libcareless.so",
      ])
    #expect(built.code == 0, "\(built.output)")
    return target
  }

  @Test(arguments: faults)
  func `a fault is found by the test that looks for it`(fault: Fault) throws {
    let scratch = try Scratch()
    let path = try Self.package(fault.name, in: scratch)
    let verdict = try #require(try AuthoringFixture.reports(path, [fault.test])[fault.test])
    #expect(verdict.outcome == fault.outcome, "\(verdict)")
    #expect(!verdict.seen.isEmpty && !verdict.mend.isEmpty, "\(verdict)")
  }

  @Test func `without a fault every test passes that there is`() throws {
    let scratch = try Scratch()
    let reports = try AuthoringFixture.reports(try Self.package("NONE", in: scratch))
    let others = reports.filter { $0.value.outcome != .pass }
    #expect(
      Set(others.keys) == [
        "static.schema", "lifecycle.killed", "settings.out-of-range",
      ], "\(others)")
    // Each test that a fault is for is among those that pass.
    #expect(Set(Self.faults.map(\.test)).isDisjoint(with: others.keys))
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
