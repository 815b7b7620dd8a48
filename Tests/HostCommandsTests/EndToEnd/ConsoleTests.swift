import Foundation
import Testing
import Workbench

@testable import HostCommands

/// The host's own streams, for an adapter that may write to them and for one that may not.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct ConsoleTests {
  private let clinic: Clinic

  init() throws { clinic = try Clinic() }

  /// Installs the console adapter with its manifest edited, and gives what a run printed.
  private func run(_ edit: (String) -> String = { $0 }) throws -> Sealpost.Outcome {
    let package = try clinic.unsignedPackage(
      "ConsoleDestination", manifest: "Plugins/ConsoleDestination/adapter.json")
    let path = clinic.folder.file("\(package)/adapter.json")
    try edit(try String(contentsOfFile: path, encoding: .utf8)).write(
      toFile: path, atomically: true, encoding: .utf8)
    try clinic.done("adapter", "sign", package, "--key", "release.key")
    try clinic.done("adapter", "install", package, "--approve")
    try clinic.done("destination", "add", "screen", "--adapter", "org.sealpost.console")
    try clinic.done("destination", "enable", "screen")
    return try clinic.sealpost("run", "--from", "start", input: Clinic.events)
  }

  @Test func `with the permission the events are on standard output`() throws {
    let outcome = try run()
    #expect(outcome.code == 0)
    #expect(outcome.output == Clinic.events)
  }

  @Test func `without it standard output is the host's alone`() throws {
    let outcome = try run {
      $0.replacing(#""output": ["stdout", "stderr"]"#, with: #""output": ["stderr"]"#)
    }
    #expect(outcome.output.isEmpty)
  }
}
