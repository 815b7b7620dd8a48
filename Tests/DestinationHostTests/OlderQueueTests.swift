import DeliveryQueue
import DestinationHost
import Foundation
import Testing
import Workspace

/// A queue that was filled for another release of the adapter.
@Suite(.enabled(if: TestHost.hasCompiler, "gcc is not installed"))
struct OlderQueueTests {
  private let host: TestHost
  private static let count = 60

  init() throws {
    host = try TestHost()
    try host.addMisbehaving("bad", ["behaviour": "reject-all"])
    try host.workspace.setDelivery(of: "bad") { $0.paused = true }
  }

  /// Every third is no `track`, in the middle of each user's.
  private static func event(_ number: Int) -> String {
    let event = TestHost.event(number)
    return number % 3 == 0
      ? event.replacingOccurrences(of: #""type":"track""#, with: #""type":"identify""#) : event
  }

  private static let events = (0..<count).map(event)

  /// Puts a release in place that serves nothing but `track`.
  private func installLater() throws {
    let library = try host.compileMisbehaving([
      #"-DVERSION="1.1.0""#, "-DSERVES=DESTINATION_SERVES_TRACK",
    ])
    try host.install(
      "MisbehavingAdapter", manifest: "Tests/Fixtures/MisbehavingAdapter/adapter.json",
      library: library
    ) {
      $0.replacingOccurrences(of: #""version": "1.0.0""#, with: #""version": "1.1.0""#)
        .replacingOccurrences(
          of: #"["identify", "track", "page", "screen", "group", "alias"]"#, with: #"["track"]"#)
    }
    try host.workspace.setDelivery(of: "bad") { $0.paused = nil }
  }

  private func waiting() throws -> Int {
    try QueueSurvey(folder: host.workspace.queueFolder(of: "bad")).waiting
  }

  @Test func `what the adapter of now does not serve is held back, all else is given to it`() throws
  {
    _ = try host.run(Self.events.joined(separator: "\n") + "\n")
    #expect(try waiting() == Self.count)
    try installLater()
    let counts = try host.run("").destinations[0].counts
    #expect(counts.heldBack.notServed == Self.count / 3)
    #expect(try waiting() == 0)
    // What it was given, it refused.
    let given = try host.deadLetters("bad").map { String(decoding: $0.event, as: UTF8.self) }
    let served = Self.events.indices.filter { $0 % 3 != 0 }.map { Self.events[$0] }
    #expect(given.sorted() == served.sorted())
    #expect(try host.run("").destinations[0].counts.heldBack.notServed == 0)
  }

  @Test func `letters that are redriven go the same way`() throws {
    try installLater()
    try host.workspace.deadLetters(of: "bad").append(
      (0..<2).map {
        DeadLetter(
          event: Array(Self.event($0).utf8), form: $0 == 0 ? .sealed : .accepted, reason: "test",
          detail: "", receivedUnixNanoseconds: 1)
      })
    _ = try host.workspace.redriveLetters(of: "bad") { _ in true }
    let summary = try host.run(Self.event(3) + "\n")
    #expect(summary.redriven == 2)
    let counts = summary.destinations[0].counts
    #expect(counts.heldBack.notServed == 2 && counts.deadLettered == ["rejected_by_destination": 1])
    #expect(try waiting() == 0)
  }
}
