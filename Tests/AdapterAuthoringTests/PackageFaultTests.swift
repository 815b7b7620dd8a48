import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

/// What is wrong with a package, and not with what its code does, is found by the test that looks for it.
@Suite(.enabled(if: Shell.hasGCC, "needs gcc"))
struct PackageFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let test: String
    let outcome: Verdict.Outcome
    let options: [String]
    let manifest: [(String, String)]
    var testDescription: String { test }

    init(
      _ test: String, _ outcome: Verdict.Outcome, options: [String] = [],
      manifest: [(String, String)] = []
    ) {
      self.test = test
      self.outcome = outcome
      self.options = options
      self.manifest = manifest
    }
  }

  /// In the manifest, a text and what stands in its place.
  static let faults = [
    Fault("static.elf", .fail, options: ["-Wl,-z,execstack"]),
    Fault("static.note", .fail, manifest: [("\"1.0.0\"", "\"1.0.1\"")]),
    Fault("static.schema", .fail, manifest: [("\"integer\"", "\"whole number\"")]),
    Fault(
      "descriptor.settings", .warn, options: ["-DUNTOLD"],
      manifest: [(#""limit":"#, #""more": { "type": "string" }, "limit":"#)]),
    Fault(
      "descriptor.secrets", .fail, options: ["-DSECOND"],
      manifest: [
        (
          #""limit":"#,
          #""other": { "type": "string", "x-secret": true, "description": "Nobody's." }, "limit":"#
        )
      ]),
    Fault(
      "descriptor.permissions", .fail, manifest: [("$settings.url", "$settings.place")]),
  ]

  @Test(arguments: faults)
  func `a fault of the package is found`(fault: Fault) throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.compiled(
      "CarelessAdapter/careless.c", fault.options, in: scratch, named: "package")
    var manifest = try String(contentsOfFile: "\(path)/adapter.json", encoding: .utf8)
    for (text, other) in fault.manifest {
      #expect(manifest.contains(text))
      manifest = manifest.replacing(text, with: other)
    }
    try manifest.write(toFile: "\(path)/adapter.json", atomically: true, encoding: .utf8)
    try Self.expect(fault.outcome, of: fault.test, path)
  }

  @Test func `a library that others may write is found`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.compiled(
      "CarelessAdapter/careless.c", [], in: scratch, named: "package")
    try setMode(0o666, of: "\(path)/libcareless.so")
    try Self.expect(.fail, of: "static.file", path)
  }

  @Test func `a library that exports more than its entry is found`() throws {
    let scratch = try Scratch()
    let path = try AuthoringFixture.compiled(
      "CarelessAdapter/careless.c", ["-DEXPORTS_MORE"], hidesMore: false, in: scratch,
      named: "package")
    try Self.expect(.warn, of: "static.exports", path)
  }

  @Test func `what is DELIVERED while it is in a buffer is found`() throws {
    let scratch = try Scratch()
    for (options, outcome) in [([], Verdict.Outcome.pass), (["-DBUFFERS"], .fail)] {
      let path = try AuthoringFixture.compiled(
        "CarelessFileAdapter/file.c", options, in: scratch, named: "\(outcome)")
      try Self.expect(outcome, of: "lifecycle.killed", path)
    }
  }

  private static func expect(
    _ outcome: Verdict.Outcome, of test: String, _ path: String
  ) throws {
    let verdict = try #require(try AuthoringFixture.reports(path, [test])[test])
    #expect(verdict.outcome == outcome, "\(verdict)")
  }

  @Test func `no test of the validator is without an adapter that it catches`() {
    let caught = Set(
      CarelessAdapterTests.faults.map(\.test) + BadAdapterTests.faults.map(\.test)
        + Self.faults.map(\.test) + ["static.file", "static.exports", "lifecycle.killed"])
    #expect(Set(ValidatorTest.all.map(\.name)).symmetricDifference(caught).isEmpty)
  }
}
