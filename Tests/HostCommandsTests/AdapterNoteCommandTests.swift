import AdapterAuthoring
import Foundation
import Testing

@testable import HostCommands

@Suite struct AdapterNoteCommandTests {
  @Test(arguments: [
    ("NDJSONFileDestination", "org.sealpost.ndjson-file"),
    ("ConsoleDestination", "org.sealpost.console"),
  ])
  func `the notes of the shipped adapters are what the command prints`(
    name: String, product: String
  ) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appendingPathComponent("Plugins/\(name)/Note.swift")
    #expect(
      try String(contentsOf: file, encoding: .utf8)
        == NoteDeclaration.text(product: product, version: "1.0.0"))
  }
}
