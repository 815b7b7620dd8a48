import Foundation
import Testing
import Workbench

@testable import AdapterAuthoring

/// The kit's documentation is made by Swift's own DocC, as an integrator would read it.
@Suite struct DocumentationTests {
  private static let hasTools = ["docc", "swift-symbolgraph-extract"].allSatisfy {
    (try? Shell.run("/usr/bin/env", ["which", $0]))?.code == 0
  }

  @Test(.enabled(if: hasTools, "needs DocC and swift-symbolgraph-extract of the toolchain"))
  func `every symbol that the guide and the comments name exists`() throws {
    let scratch = try Scratch()
    let extracted = try Shell.run(
      "/usr/bin/env",
      [
        "swift-symbolgraph-extract", "-module-name", "DestinationKit", "-I",
        Built.folder.appendingPathComponent("Modules").path, "-I",
        AuthoringFixture.root.appendingPathComponent("Sources/CDestinationAdapter/include").path,
        "-target", Self.target, "-output-dir", scratch.path, "-minimum-access-level", "public",
      ])
    #expect(extracted.code == 0, "\(extracted.output)")
    let converted = try Shell.run(
      "/usr/bin/env",
      [
        "docc", "convert",
        AuthoringFixture.root.appendingPathComponent("Sources/DestinationKit/Documentation.docc")
          .path, "--fallback-display-name", "DestinationKit", "--fallback-bundle-identifier",
        "org.sealpost.DestinationKit", "--additional-symbol-graph-dir", scratch.path,
        "--output-path", scratch.file("out"), "--warnings-as-errors",
      ])
    #expect(converted.code == 0, "\(converted.output)")
    let page = scratch.file("out/data/documentation/destinationkit/writinganadapter.json")
    #expect(FileManager.default.fileExists(atPath: page))
  }

  private static var target: String {
    #if arch(arm64)
      "aarch64-unknown-linux-gnu"
    #else
      "x86_64-unknown-linux-gnu"
    #endif
  }
}
