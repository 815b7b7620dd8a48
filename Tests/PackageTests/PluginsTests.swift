import Foundation
import Testing

@Suite struct PluginsTests {
  private struct Manifest: Decodable {
    let product: String
    let library: String
    let version: String
  }

  @Test(arguments: House.plugins)
  func `an adapter's manifest names its own library`(plugin: String) throws {
    let file = SourceFile.root.appendingPathComponent("Plugins/\(plugin)/adapter.json")
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: file))
    #expect(manifest.library == "lib\(plugin).so")
    // The project's own name for what no vendor runs, else the vendor's.
    let owners = [
      "org.sealpost.", "com.amplitude.", "com.mixpanel.", "com.google.", "io.customer.",
      "com.braze.",
    ]
    #expect(owners.contains { manifest.product.hasPrefix($0) })
    #expect(manifest.version.wholeMatch(of: #/\d+\.\d+\.\d+/#) != nil)
  }

  @Test(arguments: House.plugins)
  func `every adapter has the same files`(plugin: String) throws {
    let names = Set(
      try FileManager.default.contentsOfDirectory(
        atPath: SourceFile.root.appendingPathComponent("Plugins/\(plugin)").path))
    #expect(names.isSuperset(of: ["README.md", "adapter.json", "Export.swift", "Settings.swift"]))
    #expect(names.contains("\(plugin).swift"))
  }
}
