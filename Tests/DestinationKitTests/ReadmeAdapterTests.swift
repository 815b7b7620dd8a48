import DestinationKit
import Foundation
import Testing

/// What the README's adapter leaves to its reader.
enum LinesFile {
  static func append(_ lines: [UInt8], to path: String) throws {
    let url = URL(fileURLWithPath: path)
    let before = (try? Data(contentsOf: url)) ?? Data()
    try (before + Data(lines) + Data("\n".utf8)).write(to: url)
  }
}

@Suite struct ReadmeAdapterTests {
  @Test func `the adapter that the README shows is this one`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let source = try String(
      contentsOf: folder.appendingPathComponent("ReadmeAdapter.swift"), encoding: .utf8)
    let readme = try String(
      contentsOf: folder.appendingPathComponent("../../README.md"), encoding: .utf8)
    let shown = try #require(readme.components(separatedBy: "```swift\n").dropFirst().first)
      .components(separatedBy: "```")[0]
    let body = try #require(source.components(separatedBy: "of the README.\n").last)
    #expect(shown.contains(body.trimmingCharacters(in: .newlines)))
    #expect(shown.hasPrefix("import DestinationKit\n"))
    #expect(shown.contains("@c(destination_adapter_entry) @implementation"))
  }

  @Test func `it says what it is`() {
    #expect(LinesDestination.description.product == "com.example.lines")
  }
}
