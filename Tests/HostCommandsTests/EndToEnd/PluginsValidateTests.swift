import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Every adapter of this project against the whole contract.
@Suite(
  .enabled(if: Sealpost.isBuilt, "needs sealpost beside the tests"))
struct PluginsValidateTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Plugins").standardized

  /// Those whose library is built beside the tests.
  private static let plugins: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix("Destination") }.sorted()

  @Test(arguments: plugins)
  func `an adapter of this project keeps the contract`(plugin: String) throws {
    let work = try Scratch()
    let package = work.file("package")
    try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: true)
    let library = "lib\(plugin).so"
    try FileManager.default.copyItem(
      at: Self.folder.appendingPathComponent("\(plugin)/adapter.json"),
      to: URL(fileURLWithPath: "\(package)/adapter.json"))
    try FileManager.default.copyItem(
      at: Sealpost.products.appendingPathComponent(library),
      to: URL(fileURLWithPath: "\(package)/\(library)"))
    try setMode(0o755, of: "\(package)/\(library)")
    let outcome = try Sealpost(folder: work)("adapter", "validate", package, "--only-failed")
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.errors.contains(" keeps the contract: "), "\(outcome.errors)")
  }
}
