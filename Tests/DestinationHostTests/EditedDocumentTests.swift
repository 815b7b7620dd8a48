import DestinationHost
import Foundation
import Privacy
import Testing
import Workspace

/// A document that was changed outside of the program: nothing is sent by what it says, and nothing is lost.
@Suite struct EditedDocumentTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  @Test func `a document changed by hand puts its destination into quarantine`() throws {
    let path = try host.addFile("file")
    let document = host.workspace.layout.destinations + "/file.json"
    let text = try String(contentsOfFile: document, encoding: .utf8)
    try text.replacing("file.ndjson", with: "elsewhere.ndjson")
      .write(toFile: document, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(summary.undelivered == 5)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: ["cut off", "removed", "turned off by hand"])
  func `what comes while a destination's document cannot be relied on is kept for it`(
    damage: String
  ) throws {
    let path = try host.addFile("file")
    let other = try host.addFile("other")
    let file = host.workspace.layout.destinations + "/file.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    switch damage {
    case "cut off":
      try String(text.prefix(20)).write(toFile: file, atomically: false, encoding: .utf8)
    case "removed": try FileManager.default.removeItem(atPath: file)
    default:
      try text.replacing("\"enabled\" : true", with: "\"enabled\" : false")
        .replacing("\"enabled\":true", with: "\"enabled\":false")
        .write(toFile: file, atomically: false, encoding: .utf8)
    }
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(try host.lines(other).count == 5)
    #expect(try summary.counts(of: "file").deadLettered == ["destination_refused": 5])
    let isTold = host.reports.all.contains {
      if case .damaged(let text) = $0 { text.contains("destinations/file.json") } else { false }
    }
    #expect(isTold)
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    _ = try host.run("")
    #expect(try host.lines(path) == (0..<5).map { TestHost.event($0) })
  }

  @Test(arguments: ["destinations/file.json", "privacy.json", "workspace.json"])
  func `what comes while a document is edited is kept as it came, and sealed when it is mended`(
    document: String
  ) throws {
    let path = try host.addFile("file", fields: ["email"])
    // Encryption looks off, or the matcher gone, or the plan another one: nothing of that may reach a queue.
    let edits = [
      ("\"email\"", "\"phone\""), ("\"yellow\"", "\"green\""), ("\"business\"", "\"free\""),
    ]
    try host.workspace.add(matcher: Matcher(name: "mrn", classification: .yellow))
    let file = host.workspace.layout.root + "/" + document
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let edited = edits.reduce(text) { $0.replacing($1.0, with: $1.1) }
    try #require(edited != text)
    try edited.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    let summary = try host.run(TestHost.events(5))
    #expect(try summary.counts(of: "file").deadLettered == ["destination_refused": 5])
    #expect(try host.deadLetters("file").allSatisfy { $0.form == .accepted })
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try host.workspace.reload()
    _ = try host.workspace.redriveLetters(of: "file") { _ in true }
    _ = try host.run("")
    let lines = try host.lines(path)
    #expect(lines.count == 5 && lines.allSatisfy { !$0.contains("example.com") })
  }
}
