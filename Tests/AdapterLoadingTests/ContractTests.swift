import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// Libraries that do not keep the header's contract, each refused by the field.
@Suite(.enabled(if: CCompiler.isPossible, "needs gcc"))
struct ContractTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func worker(_ macros: [String]) throws -> SupervisedWorker {
    SupervisedWorker(try CompiledAdapter.configuration(macros, in: scratch))
  }

  @Test(arguments: [
    (
      ["ENTRY=another_name"],
      "it has no function destination_adapter_entry. Export it; see destination_adapter.h."
    ),
    (
      ["TABLE=NULL"],
      "its entry serves no ABI 1. Build the adapter with destination_adapter.h 1.x."
    ),
    (["MAGIC=7"], "its table's magic is 0x7, it must be 0x5450444154534544."),
    (["SIZE=112"], "its struct_size is 112, version 1.0 has 120."),
    (["MAJOR=2"], "its table's abi_major is 2, it must be 1."),
    (
      ["MINOR=7", "MINOR_REQUIRED=7"],
      "it needs ABI 1.7, this host has 1.1. Use a newer host."
    ),
    (["RESERVED=1"], "its table's reserved is 1, it must be 0."),
    (["DELIVER=NULL"], "its function deliver is NULL. Every function of the table must be there."),
    (["DESCRIPTOR=NULL"], "its descriptor is NULL."),
    (["DESCRIPTOR_SIZE=104"], "its descriptor's struct_size is 104, version 1.0 has 112."),
    (
      ["FEATURES=0xA"],
      "it requires the host's features host.metrics, bit 3, which this host does not have."
    ),
    (["SERVES=0"], "its event_types are 0, at least one known call is needed."),
    (["SERVES=0x104"], "its event_types are 260, at least one known call is needed."),
    (
      ["SERVES=0x100", "MINOR=2"], "its event_types are 256, at least one known call is needed."
    ),
    (["CONCURRENCY=0"], "its max_concurrency and max_batch_events must be 1 at least."),
    (
      ["SERVES=0x44"],
      "its event_types is \"68\" in the library and \"4\" in adapter.json. Make them equal."
    ),
  ])
  func `a breach is refused by its field`(macros: [String], text: String) throws {
    let worker = try worker(macros)
    #expect(
      throws: LoadError.refusedByWorker(product: "org.sealpost.test.compiled", reason: text)
    ) { _ = try worker.start() }
  }

  @Test func `a larger table of a later minor is accepted`() throws {
    var configuration = try CompiledAdapter.configuration(["SIZE=152", "MINOR=3"], in: scratch)
    configuration.manifest.abi.minor = 3
    let worker = SupervisedWorker(configuration)
    #expect(try worker.start().abiMinor == 3)
    worker.stop()
  }

  @Test func `an adapter gets the secrets that its manifest names, and no other`() throws {
    func start(asking name: String) throws -> LoadError? {
      var configuration = try CompiledAdapter.configuration(["ASK=\"\(name)\""], in: scratch)
      configuration.manifest.permissions.secrets = ["token", "not-given"]
      configuration.secrets = ["token": [1], "other": [2]]
      do throws(LoadError) {
        _ = try SupervisedWorker(configuration).start()
        return nil
      } catch {
        return error
      }
    }
    #expect(try start(asking: "token") == nil)
    for name in ["other", "not-given"] {
      #expect(
        try start(asking: name)
          == .adapterFailed(
            product: "org.sealpost.test.compiled", call: "start",
            problem: "there is no such secret", isPermanent: true))
    }
  }

  @Test func `an adapter finds no input, no environment, no descriptor and no way to more`() throws
  {
    // The tests' own standard input becomes a file with something in it, as the host's is.
    let input = scratch.file("events.ndjson")
    try "{}\n".write(toFile: input, atomically: true, encoding: .utf8)
    let file = unsafe open(input, O_RDONLY)
    #expect(dup2(file, STDIN_FILENO) == 0)
    // And the host has a descriptor open that it forgot to close at exec.
    let forgotten = dup(file)
    defer { close(file); close(forgotten) }
    let worker = try worker([])
    _ = try worker.start()
    worker.stop()
  }

  /// A constructor has the worker's socket: it may answer before the worker does, and the host counts on the numbers.
  @Test(arguments: [
    ("UINT64_MAX", "its worker's answer is malformed."), ("0", "its worker's answer is malformed."),
    ("1ull<<63", "its worker's answer is malformed."),
  ])
  func `a description that a constructor forges is held to what a descriptor can say`(
    events: String, reason: String
  ) throws {
    let worker = try worker(["DESCRIBE_ITSELF=\(events)"])
    #expect(
      throws: LoadError.refusedByWorker(product: "org.sealpost.test.compiled", reason: reason)
    ) { _ = try worker.start() }
  }

  @Test func `a description that a constructor forges to be right is followed by one too many`()
    throws
  {
    #expect(throws: LoadError.self) { _ = try worker(["DESCRIBE_ITSELF=100"]).start() }
  }

  @Test func `an answer that the adapter forges is found out by the next`() throws {
    let worker = try worker(["FORGE"])
    _ = try worker.start()
    var results: [EventResult] = []
    // What it says of its own batch it could have said anyway.
    try worker.deliver(Fixture.batch(2), into: &results)
    #expect(results.map(\.outcome) == [.delivered, .delivered])
    // The real answer still waits: taken for the next call's, it would be another batch's.
    try worker.deliver(Fixture.batch(2), into: &results)
    #expect(worker.restarts == 1)
    worker.stop()
  }

  @Test
  func `what it prints is a line of its log, and neither a flood nor a read holds the host up`()
    throws
  {
    let notices = Notices()
    let worker = SupervisedWorker(
      try CompiledAdapter.configuration(["PRINT"], in: scratch, notices: notices))
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(1), into: &results)
    worker.stop()
    #expect(worker.restarts == 0)
    #expect(notices.all.first == .log(level: 3, text: "it printed: one [2J "))
    #expect(notices.all.dropFirst().first == .log(level: 3, text: "it printed: two "))
    #expect(notices.all.count < 500)
  }

  @Test func `a detail cannot move a terminal's cursor`() throws {
    let worker = try worker(["CONTROLS"])
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(1), into: &results)
    worker.stop()
    #expect(results == [EventResult(.rejected, detail: "a [2Jb c")])
  }
}
