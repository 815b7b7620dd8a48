import Foundation
import Testing
import Workbench

/// The package of the file adapter, and what is said of one that is refused.
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
