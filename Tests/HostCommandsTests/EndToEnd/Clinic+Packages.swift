import Foundation
import Testing
import Workbench

/// Packages, and what is said of one that is refused.
extension Clinic {
  static let fileProduct = "org.sealpost.ndjson-file"
  private static let fileManifest = "Plugins/NDJSONFileDestination/adapter.json"

  /// The folder of the package, signed by the key that the workspace trusts.
  func filePackage() throws -> String {
    try package("NDJSONFileDestination", manifest: Self.fileManifest)
  }

  func unsignedFilePackage() throws -> String {
    try unsignedPackage("NDJSONFileDestination", manifest: Self.fileManifest)
  }

  /// Allows and installs the misbehaving adapter, and adds a destination with it, enabled.
  func addMisbehaving(_ id: String, _ settings: [String]) throws {
    let product = "org.sealpost.test.misbehaving"
    let package = try package(
      "MisbehavingAdapter", manifest: "Tests/Fixtures/MisbehavingAdapter/adapter.json")
    try folder.write("evidence.txt", "a test")
    try done("products", "allow", product, "--evidence", "evidence.txt")
    try done("adapter", "install", package, "--approve")
    let added = try sealpost(
      ["destination", "add", id, "--adapter", product] + settings.flatMap { ["--set", $0] })
    guard added.code == 0 else { throw Sealpost.Failure(outcome: added) }
    try done("destination", "enable", id)
  }

  /// Runs a command that must fail and write nothing; what it says.
  func refusal(_ words: String...) throws -> String {
    let outcome = try sealpost(words)
    #expect(outcome.code != 0)
    #expect(outcome.output.isEmpty)
    return outcome.errors
  }

  func expectRefused(_ reason: String) throws {
    let log = try done("audit", "log", "--type", "destination adapter refused", "--json")
    #expect(log.output.contains(reason))
    #expect(log.output.contains("denied"))
  }

  func edit(_ file: String, _ change: (String) -> String) throws {
    let path = folder.file(file)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try change(text).write(toFile: path, atomically: true, encoding: .utf8)
  }
}
