import Foundation
import Testing
import Workbench

/// Today's adapters on a host of a later minor version: `AdapterDriver`, built with a header that does not exist yet.
@Suite(.enabled(if: CCompiler.isPossible, "needs gcc"))
struct LaterHostTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// What the driver wrote down, by line.
  private func run(_ library: String, _ settings: String, _ events: [String]) throws -> [String] {
    let driver = scratch.file("driver")
    try CCompiler.run(
      Fixture.root.appendingPathComponent("Tests/Fixtures/AdapterDriver/main.c").path,
      headers: [try LaterHeader.folder(in: scratch)],
      ["-o", driver, "-Wall", "-Wextra", "-Werror", "-ldl"])
    let script = scratch.file("script")
    try (events.joined(separator: "\n") + "\n\n!flush\n").write(
      toFile: script, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: driver)
    process.arguments = [library, settings, scratch.file("report")]
    process.standardInput = FileHandle(forReadingAtPath: script)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try String(contentsOfFile: scratch.file("report"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  private func event(_ id: String) -> String {
    #"{"type":"track","event":"Seen","messageId":"\#(id)","userId":"u"}"#
  }

  private func expectDelivered(_ report: [String], _ count: Int) {
    #expect(
      report.filter { $0.hasPrefix("result ") }
        == Array(repeating: "result 1 0 0 0", count: count))
    #expect(!report.contains { $0.hasPrefix("touched") || $0.hasPrefix("detail") })
    #expect(report.contains("flush 0"))
  }

  @Test(.enabled(if: OldAdapterTests.isItsMachine, "the checked-in binary is for x86-64"))
  func `the binary of 1.0 walks by the strides and touches nothing that it does not know`() throws {
    let words = ["delivered", "retry", "rejected", "duplicate", "delivered"]
    let report = try run(
      OldAdapterTests.library, "{}", words.enumerated().map { event("id-\($0)-\($1)") })
    #expect(
      report.filter { $0.hasPrefix("result ") } == [
        "result 1 0 0 0", "result 2 503 20 0", "result 3 422 0 0", "result 5 0 0 0",
        "result 1 0 0 0",
      ])
    #expect(!report.contains { $0.hasPrefix("touched") })
    #expect(report.filter { $0.hasPrefix("detail") } == ["detail 2 as its id asks"])
  }

  @Test func `the adapter that counts counts all`() throws {
    let report = try run(
      Fixture.library("CountingAdapter"), #"{"path":"\#(scratch.file("counts"))"}"#,
      (0..<7).map { event("id-\($0)") })
    expectDelivered(report, 7)
    let counts = try String(contentsOfFile: scratch.file("counts"), encoding: .utf8)
    #expect(counts.hasPrefix("7 "))
  }

  @Test(arguments: ["NDJSONFileDestination", "ConsoleDestination"])
  func `the adapters of this package, in Swift, deliver all`(name: String) throws {
    let events = (0..<5).map { event("id-\($0)") }
    let path = scratch.file("out.ndjson")
    let isFile = name == "NDJSONFileDestination"
    let report = try run(
      Fixture.library(name), isFile ? #"{"path":"\#(path)"}"# : "{}", events)
    expectDelivered(report, 5)
    if isFile {
      #expect(
        try String(contentsOfFile: path, encoding: .utf8) == events.joined(separator: "\n") + "\n")
    }
  }
}
