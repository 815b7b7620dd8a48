import Foundation
import Testing
import Workbench

/// The operator's guide: every block of commands in it, run from the first to the last.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"),
  .enabled(if: Sealpost.hasOpenSSL, "openssl is absent"))
struct GuideTests {
  private static let folder = "Sources/sealpost/Documentation.docc"

  private static func text(_ name: String) throws -> String {
    try String(
      contentsOf: Clinic.root.appendingPathComponent("\(folder)/\(name)"), encoding: .utf8)
  }

  @Test func `a command that fails beside one in the background ends them all`() throws {
    let folder = try Scratch()
    let outcome = try DocumentedCommands.run(
      "trap '' TERM\nsleep 1000 & echo $! > pid\nsleep 1000 | sleep 1000 &\n(exit 7)\ntouch later\n",
      in: folder)
    #expect(outcome.code == 7 && !outcome.wasKilled)
    #expect(!FileManager.default.fileExists(atPath: folder.file("later")))
    let pid = try folder.text("pid").dropLast()
    // Gone, or dead and not yet fetched by its new parent.
    let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    #expect(state.map { $0.contains(") Z ") } ?? true)
  }

  @Test(.enabled(if: DocumentedCommands.hasCurl, "curl is absent"))
  func `every command in it does what it says`() throws {
    let folder = try Scratch()
    let package = folder.file("adapter")
    try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: true)
    for (source, name) in [
      (
        Clinic.root.appendingPathComponent("Plugins/NDJSONFileDestination/adapter.json"),
        "adapter.json"
      ),
      (
        Sealpost.products.appendingPathComponent("libNDJSONFileDestination.so"),
        "libNDJSONFileDestination.so"
      ),
    ] {
      try FileManager.default.copyItem(
        at: source, to: URL(fileURLWithPath: "\(package)/\(name)"))
    }
    try setMode(0o755, of: package + "/libNDJSONFileDestination.so")
    try folder.write("baa.pdf", "agreement")
    try folder.write("events.ndjson", Clinic.events)
    let commands = try DocumentedCommands.blocks(of: "\(Self.folder)/Operating.md").joined()
    let outcome = try DocumentedCommands.run(commands, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors.suffix(2000))")
    let delivered = try folder.text("delivered.ndjson")
    #expect(delivered.split(separator: "\n").count >= 30 && !delivered.contains("canary"))
    let metrics = try folder.text("metrics.txt")
    #expect(metrics.contains("sealpost_ready 1"))
    let log = try folder.text("host.log")
    #expect(!log.contains("canary"))
  }

  @Test func `every metric that it names is one that the host has`() throws {
    let sources = Clinic.root.appendingPathComponent("Sources/DestinationHost/Monitoring")
    let code = try FileManager.default.contentsOfDirectory(atPath: sources.path).map {
      try String(contentsOf: sources.appendingPathComponent($0), encoding: .utf8)
    }.joined()
    let names = try Self.text("Operating.md").matches(of: #/\bsealpost(_[a-z]+)+/#)
      .map { String($0.output.0) }
    #expect(names.count >= 8)
    for name in names {
      let own = name.replacing("sealpost_destination_", with: "").replacing("_total", with: "")
      #expect(code.contains("\"\(name)\"") || code.contains("\"\(own)\""), "\(name)")
    }
  }

  @Test(arguments: ["Operating.md", "ThreatModel.md"])
  func `every command named in passing has its help`(name: String) throws {
    for match in try Self.text(name).matches(of: #/`sealpost ([a-z][a-z -]*)/#) {
      let words = match.output.1.split(separator: " ").filter { !$0.hasPrefix("-") }.map(
        String.init)
      guard words.first != "help", !words.isEmpty else { continue }
      #expect(
        try Sealpost.run(Sealpost.executable, words + ["--help"]).code == 0, "\(match.output.0)")
    }
  }

  @Test func `what it and the threat model point to is there`() throws {
    for name in ["Operating.md", "ThreatModel.md"] {
      for match in try Self.text(name).matches(of: #/`((?:Examples|Sources)\/[A-Za-z\/.]+)`/#) {
        let path = Clinic.root.appendingPathComponent(String(match.output.1)).path
        #expect(FileManager.default.fileExists(atPath: path), "\(match.output.1)")
      }
    }
  }
}
