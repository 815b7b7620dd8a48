import Foundation
import Testing
import Workspace

@Suite struct HostileDocumentTests {
  static let hostile: [(bytes: [UInt8], reason: String)] = [
    ([], "it is not JSON, or holds a number out of range"),
    (Array("{\"format\":1".utf8), "it is not JSON, or holds a number out of range"),
    (Array("[1]".utf8), "it is not a JSON object"),
    (Array("null".utf8), "it is not a JSON object"),
    ([0x7B, 0xFF, 0xFE, 0x7D], "it is not UTF-8"),
    (Array(#"{"format":"one"}"#.utf8), "`format` has the wrong type"),
    (Array(#"{"format":0}"#.utf8), "`format` is not 1 or more"),
    (Array(#"{"format":1}"#.utf8), "` is missing"),
    (Array(#"{"format":1e99}"#.utf8), "it is not JSON, or holds a number out of range"),
    (
      Array(String(repeating: "[", count: 100_000).utf8),
      "it is not JSON, or holds a number out of range"
    ),
  ]

  @Test(arguments: hostile)
  func `a damaged workspace document is refused with its file and reason`(
    bytes: [UInt8], reason: String
  ) throws {
    let test = try TestWorkspace()
    for file in ["workspace.json", "privacy.json", "eligible-products.json"] {
      let whole = try test.text(file)
      try test.write(file, bytes)
      let text = errorText { _ = try test.reopened() }
      #expect(text.hasPrefix("document refused, \(test.path)/\(file): "), "\(text)")
      #expect(text.contains(reason), "\(text)")
      try test.write(file, whole.utf8)
    }
    #expect(try test.reopened().damage.isEmpty)
  }

  @Test(arguments: hostile)
  func `a damaged destination fails alone`(bytes: [UInt8], reason: String) throws {
    let test = try TestWorkspace.withDestination()
    try test.write("destinations/files.json", bytes)
    let workspace = try test.reopened()
    #expect(workspace.destinations().isEmpty)
    #expect(errorText { _ = try workspace.destination("files") }.contains(reason))
    #expect(!workspace.damage.isEmpty)
    #expect(errorText { try workspace.enableDestination("files") } != "no error")
  }

  @Test func `a value that a document cannot have is named by its path alone`() throws {
    let test = try TestWorkspace()
    try test.edit("workspace.json", #""business""#, #""SECRET-PLAN""#)
    #expect(
      errorText { _ = try test.reopened() }
        == "document refused, \(test.path)/workspace.json: `plan` has a value it cannot have. "
        + "Put back what was there.")
  }

  @Test func `a newer format is refused`() throws {
    let test = try TestWorkspace()
    try test.edit("workspace.json", #""format" : 1"#, #""format" : 2"#)
    #expect(
      errorText { _ = try test.reopened() }
        == "document refused, \(test.path)/workspace.json: its format is 2 and this version knows "
        + "1. Use a newer sealpost.")
  }

  @Test func `a huge document is refused unread`() throws {
    let test = try TestWorkspace()
    try test.write("privacy.json", [UInt8](repeating: 0x20, count: 4 * 1024 * 1024 + 1))
    #expect(
      errorText { _ = try test.reopened() }
        == "document refused, \(test.path)/privacy.json: it is longer than 4194304 bytes. "
        + "Put back what was there.")
  }

  @Test func `a document cut off at any byte is refused`() throws {
    let test = try TestWorkspace.withDestination()
    let whole = Array(try test.text("destinations/files.json").utf8)
    for length in stride(from: 0, to: whole.count - 2, by: 37) {
      try test.write("destinations/files.json", whole[..<length])
      #expect(throws: WorkspaceError.self) { try test.reopened().destination("files") }
    }
  }

  @Test func `a link in place of a document is not followed`() throws {
    let test = try TestWorkspace()
    let file = test.path + "/privacy.json"
    try FileManager.default.moveItem(atPath: file, toPath: test.folder + "/elsewhere.json")
    try FileManager.default.createSymbolicLink(
      atPath: file, withDestinationPath: test.folder + "/elsewhere.json")
    #expect(errorText { _ = try test.reopened() }.hasPrefix("file failed, \(file): open: "))
  }
}
