import Foundation
import Testing
import Workbench

@testable import AdapterLoading

/// An adapter of a later minor version on today's host.
@Suite(.enabled(if: CCompiler.isPossible, "needs gcc"))
struct LaterAdapterTests {
  private let scratch: Scratch
  private let notices = Notices()

  init() throws { scratch = try Scratch() }

  private func worker(_ macros: [String] = []) throws -> SupervisedWorker {
    let library = scratch.file("libLaterAdapter.so")
    try CCompiler.adapter(
      Fixture.root.appendingPathComponent("Tests/Fixtures/LaterAdapter/LaterAdapter.c").path,
      to: library, headers: try LaterHeader.folder(in: scratch), macros.map { "-D\($0)" })
    let manifest = AdapterManifest(
      format: 1, product: "org.sealpost.test.later", version: "1.0.0",
      displayName: "Later (test)", abi: .init(major: 1, minor: 2), library: "libLaterAdapter.so",
      eventTypes: AdapterManifest.calls)
    return SupervisedWorker(
      try Fixture.configuration(of: manifest, at: library, notices: notices))
  }

  @Test func `it runs, finds its host older by the sizes, and does without what is new`() throws {
    let worker = try worker()
    let description = try worker.start()
    #expect(description.abiMinor == 2)
    #expect(description.servedTypes == 0x7E, "a kind that this host does not know is not sent")
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(5), into: &results)
    worker.stop()
    #expect(results == Array(repeating: EventResult(.delivered, remoteCode: 10), count: 5))
  }

  @Test func `an outcome that this host does not know counts as none, and is told`() throws {
    let worker = try worker()
    _ = try worker.start()
    var results: [EventResult] = []
    try worker.deliver(Fixture.batch(ids: ["a", "b-later", "c"]), into: &results)
    worker.stop()
    #expect(results.map(\.outcome) == [.delivered, .unset, .delivered])
    #expect(notices.all.contains(.noOutcome(events: 1)))
    #expect(worker.restarts == 0)
  }

  @Test(arguments: [
    ("MINOR_REQUIRED=2", "it needs ABI 1.2, this host has 1.1. Use a newer host."),
    (
      "FEATURES=DESTINATION_HOST_LATER",
      "it requires the host's features bit 3, which this host does not have."
    ),
  ])
  func `what it cannot do without is refused by name`(macro: String, text: String) throws {
    let worker = try worker([macro])
    #expect(
      throws: LoadError.refusedByWorker(product: "org.sealpost.test.later", reason: text)
    ) { _ = try worker.start() }
  }
}
