import Foundation
import Testing
import Workbench

@testable import HostCommands

/// `Examples/CAdapter`, as its README has it: built, looked at, signed, installed, and run.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc"), "needs gcc"))
struct CExampleTests {
  private let clinic: Clinic
  private static let product = "com.example.lines"
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Examples/CAdapter/build.sh").path

  init() throws {
    clinic = try Clinic()
    let built = try Sealpost.run(
      "bash", [Self.script, clinic.folder.file("package")], environment: ["CC": "gcc"])
    #expect(built.code == 0 && built.errors.isEmpty, "\(built.errors)")
  }

  private func install() throws {
    try clinic.done("adapter", "sign", "package", "--key", "release.key")
    try clinic.folder.write("evidence.txt", "an example, on this machine")
    try clinic.done("products", "allow", Self.product, "--evidence", "evidence.txt")
    try clinic.done("adapter", "install", "package", "--approve")
  }

  @Test func `a host sees what it is without running it`() throws {
    let listed = try clinic.done("adapter", "list", "package").output
    #expect(listed.contains("com.example.lines  1.0.0    1.0"))
    let shown = try clinic.done("adapter", "inspect", "package").output
      .replacing(#/ {2,}/#, with: " ")
    #expect(shown.contains("com.example.lines 1.0.0, ABI 1, minor 0 or later"))
    #expect(shown.contains("asks for + files write $settings.path\n"))
    #expect(shown.contains("sandbox here "))
    #expect(shown.contains("setting path a text, required\n"))
  }

  @Test func `it delivers every event, whole, in its sandbox`() throws {
    try install()
    let path = clinic.folder.file("with \"quotes\" and \\.ndjson")
    try clinic.done(
      "destination", "add", "lines", "--adapter", Self.product, "--set", "path=\(path)")
    try clinic.done("destination", "enable", "lines")
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Clinic.events)
    // A second run appends.
    #expect(try clinic.sealpost("run", "--from", "start", input: Clinic.events).code == 0)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == Clinic.events + Clinic.events)
  }

  @Test func `settings that its schema does not have are named before it is loaded`() throws {
    try install()
    let added = try clinic.done(
      "destination", "add", "lines", "--adapter", Self.product, "--set", "file=/tmp/x", "--set",
      "path=7")
    #expect(added.errors.contains("setting \"path\" must be a text. Until then it does not start."))
    try clinic.done("destination", "enable", "lines")
    let outcome = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(outcome.code == 75)
    #expect(
      outcome.errors.contains(
        #"the settings of "lines" do not suit it: "file" is none of its settings, which are "path"; "#
          + #""path" must be a text. Mend them: sealpost destination set lines K=V"#))
  }

  @Test func `where its file cannot be, it says so and keeps the events`() throws {
    try install()
    try clinic.done(
      "destination", "add", "lines", "--adapter", Self.product, "--set",
      "path=\(clinic.folder.file("no/such/folder/x"))")
    try clinic.done("destination", "enable", "lines")
    let outcome = try clinic.sealpost("run", "--from", "start", input: Clinic.events)
    #expect(outcome.errors.contains("start: "))
    let queue = try clinic.sealpost.json("queue", "show", "lines") as? [String: Any]
    let shown = try clinic.sealpost.json("destination", "show", "lines") as? [String: Any]
    let waiting = try #require(queue?["waiting"] as? Int)
    #expect(waiting + (try #require(shown?["dead_letters"] as? Int)) == 30)
  }
}
