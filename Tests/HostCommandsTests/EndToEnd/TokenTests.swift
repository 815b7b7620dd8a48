import Foundation
import Testing
import Workbench

@testable import HostCommands

/// Fields that go out as tokens, on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct TokenTests {
  private let clinic: Clinic

  init() throws {
    clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("matcher", "add", "mrn", "--classification", "yellow")
    try clinic.done(
      "encryption", "enable", "file", "--fields", "email", "--generate-key", "--bits", "2048",
      "--private-key-out", "key.pem")
    try clinic.done("destination", "enable", "file")
  }

  private static func event(_ mrn: String) -> String {
    #"{"type":"track","event":"e","userId":"u","messageId":"\#(UUID().uuidString)","properties":"#
      + #"{"MRN": \#(mrn) ,"email":"a@example.com","n":1.50}}"# + "\n"
  }

  /// What stands where the record number stood, line by line.
  private func tokens(_ events: [String]) throws -> [String] {
    try? FileManager.default.removeItem(atPath: clinic.folder.file("out.ndjson"))
    let run = try clinic.sealpost("run", "--from", "start", input: events.joined())
    guard run.code == 0 else { throw Sealpost.Failure(outcome: run) }
    let opened = try clinic.done("decrypt", "--key", "key.pem", "out.ndjson")
    return opened.output.split(separator: "\n").map { line in
      line.firstMatch(of: /"MRN": (.*) ,"email":"a@example.com","n":1.50/).map { String($0.1) }
        ?? "no match: \(line)"
    }
  }

  @Test func `equal values have equal tokens, null stays null, and decrypt leaves tokens alone`()
    throws
  {
    let added = try clinic.done("encryption", "fields", "add", "file", "mrn", "--tokenize")
    #expect(added.errors == "Destination file encrypts email and gets tokens for mrn\n")
    let events = [#""A-17""#, #""A\u002d17""#, #""B-2""#, "17", #""17""#, "null"].map(Self.event)
    let tokens = try tokens(events)
    #expect(tokens.count == 6)
    #expect(tokens[0] == tokens[1])
    #expect(tokens[3] == tokens[4])
    #expect(Set(tokens).count == 4)
    #expect(tokens[5] == "null")
    for token in tokens.dropLast() {
      #expect(token.wholeMatch(of: /"tk1_[0-9a-f]{8}_[A-Za-z0-9_-]{32}"/) != nil)
    }
    #expect(try self.tokens(events) == tokens)
  }

  @Test func `what goes out as a token is shown and logged, and can be taken back`() throws {
    try clinic.done(
      "encryption", "fields", "add", "file", "mrn", "--tokenize", "--workspace-wide")
    let shown = try clinic.sealpost.json("encryption", "show", "file") as? [String: Any]
    #expect(shown?["tokenized_fields"] as? [String] == ["mrn"])
    #expect(shown?["token_scope"] as? String == "workspace")
    #expect(try clinic.done("encryption", "show", "file").output.contains("token scope  workspace"))
    let list = try clinic.done("destination", "list").output
    #expect(list.contains("email, mrn (token)"))
    let log = try clinic.done(
      "audit", "log", "--type", "destination encryption fields modified", "--json"
    ).output
    #expect(log.contains("encryption.tokenized_fields"))
    try clinic.done("encryption", "fields", "remove", "file", "mrn")
    #expect(try tokens([Self.event("17")]) == ["17"])
  }

  @Test func `a field with few values needs its own option, and the options need tokenize`() throws
  {
    let refused = try clinic.sealpost("encryption", "fields", "add", "file", "gender", "--tokenize")
    #expect(refused.code == 78)
    #expect(refused.errors.contains("take that on: --allow-low-cardinality"))
    try clinic.done(
      "encryption", "fields", "add", "file", "gender", "--tokenize", "--allow-low-cardinality")
    for option in ["--workspace-wide", "--allow-low-cardinality"] {
      let stray = try clinic.sealpost("encryption", "fields", "add", "file", "mrn", option)
      #expect(stray.code == 2)
      #expect(stray.errors.contains("it says nothing here. Add --tokenize."))
    }
  }

  /// The destination's limit is 44 characters and a token has 45.
  @Test func `an event whose token would be cut is kept, with its reason`() throws {
    try clinic.done("encryption", "fields", "add", "file", "mrn", "--tokenize")
    try clinic.done("destination", "set", "file", "--max-string-length", "44")
    let run = try clinic.sealpost("run", input: Self.event("17"))
    #expect(run.code == 75)
    #expect(run.errors.contains("encryption_string_too_long 1"))
    let shown = try clinic.sealpost.json("destination", "show", "file") as? [String: Any]
    #expect(shown?["maximum_string_length"] as? Int == 44)
    let log = try clinic.done("audit", "log", "--type", "destination modified", "--json").output
    #expect(log.contains("maximum_string_length"))
  }

  /// A ciphertext of a 2048-bit key has 344 characters in base64; a JWE has more.
  @Test func `an event whose ciphertext would be cut is kept in every format, with its reason`()
    throws
  {
    try clinic.done("destination", "set", "file", "--max-string-length", "343")
    for (line, count) in [(Self.event("17"), 1), (Self.event("18"), 2)] {
      let run = try clinic.sealpost("run", "--from", "start", input: line)
      #expect(run.code == 75)
      #expect(run.errors.contains("encryption_string_too_long 1"))
      let shown = try clinic.sealpost.json("destination", "show", "file") as? [String: Any]
      #expect(shown?["dead_letters"] as? Int == count)
    }
    #expect(
      (FileManager.default.contents(atPath: clinic.folder.file("out.ndjson")) ?? Data()).isEmpty)
    for wrong in ["0", "-1", "many"] {
      #expect(
        try clinic.sealpost("destination", "set", "file", "--max-string-length=\(wrong)").code == 2)
    }
    try clinic.done("destination", "set", "file", "--max-string-length", "none")
    #expect(try tokens([Self.event("17")]) == ["17"])
  }
}
