import Foundation
import Testing
import Workbench

@Suite struct LibraryTests {
  static let adapters = ["NDJSONFileDestination", "ConsoleDestination"]
  static let hasNM = FileManager.default.isExecutableFile(atPath: "/usr/bin/nm")

  private struct Manifest: Decodable {
    let product: String
    let version: String
    let name: String
    let types: [String]

    enum CodingKeys: String, CodingKey {
      case product, version
      case name = "display_name"
      case types = "event_types"
    }
  }

  @Test(.enabled(if: hasNM, "no nm here"), arguments: adapters)
  func `a library exports its entry and nothing else`(adapter: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/nm")
    process.arguments = [
      "-D", "--defined-only", "--extern-only", "--format=posix", Built.library(adapter),
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let listing = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let symbols = String(decoding: listing, as: UTF8.self).split(separator: "\n")
      .compactMap { $0.split(separator: " ").first }
    #expect(symbols == ["destination_adapter_entry"])
  }

  @Test(arguments: adapters)
  func `a library says of itself what its manifest says`(adapter: String) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Plugins/\(adapter)/adapter.json")
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: file))
    let run = try Driver(adapter).run("{}", "")
    #expect(run.lines("product") == [manifest.product])
    #expect(run.lines("version") == [manifest.version])
    #expect(run.lines("name") == [manifest.name])
    #expect(run.lines("kinds") == ["126"])
    #expect(manifest.types == ["identify", "track", "page", "screen", "group", "alias"])
    let schema = try #require(run.lines("schema").first)
    #expect(try JSONSerialization.jsonObject(with: Data(schema.utf8)) is [String: Any])
  }
}
