import AuditLog
import Cryptography
import FieldEncryption
import Foundation
import Privacy
import Testing
import Workspace

@Suite struct ControlTests {
  private func actions(
    _ test: TestWorkspace, from source: String = "default", _ keys: String...
  ) throws -> [KeyAction?] {
    let destination = try test.workspace.destination("files")
    let decisions = try test.workspace.decisions(from: source, to: destination)
    return keys.map { decisions[$0]?.action }
  }

  @Test func `controls of source and destination are kept, audited and decide`() throws {
    let test = try TestWorkspace.withDestination()
    #expect(try actions(test, "ssn", "email", "plan") == [.remove, .pass, nil])
    try test.workspace.control(destination: "files", by: Controls(red: .allow, yellow: .block))
    #expect(try actions(test, "ssn", "email") == [.pass, .remove])
    try test.workspace.control(source: "kiosk", by: Controls(red: .block))
    #expect(try actions(test, "ssn") == [.pass])
    #expect(try actions(test, from: "kiosk", "ssn") == [.remove])
    #expect(try test.reopened().privacy.controls(ofSource: "kiosk") == Controls(red: .block))
    #expect(
      try test.reopened().destination("files").controls == Controls(red: .allow, yellow: .block))
    let records = try test.records(of: "destination/files").filter { $0.type == .controlModified }
    #expect(records.map(\.outcome) == [.intent, .ok])
    #expect(records.last?.entry.changes.map(\.new) == ["red=allow yellow=block"])
    let privacy = try test.records(of: "privacy").filter { $0.type == .controlModified }
    #expect(privacy.last?.entry.changes.map(\.setting) == ["source kiosk"])
    try test.workspace.control(destination: "files", by: Controls())
    #expect(try test.text("destinations/files.json").contains("controls") == false)
  }

  @Test func `encrypt needs a destination that encrypts`() throws {
    let test = try TestWorkspace.withDestination()
    #expect(
      errorText { try test.workspace.control(destination: "files", by: Controls(red: .encrypt)) }
        == "destination \"files\": its encryption is off, so there is no key to encrypt with. "
        + "Turn it on: sealpost encryption enable files")
    #expect(try test.records(of: "destination/files").last?.outcome == .denied)
  }

  @Test func `a workspace that is not eligible takes no allow`() throws {
    let test = try TestWorkspace(signed: false)
    #expect(throws: WorkspaceError.self) {
      try test.workspace.control(source: "kiosk", by: Controls(yellow: .allow))
    }
    try test.workspace.control(source: "kiosk", by: Controls(yellow: .block))
  }

  @Test func `a source's id is checked`() throws {
    let test = try TestWorkspace()
    for id in ["", "-a", "A b", "a/b", String(repeating: "a", count: 65)] {
      #expect(throws: WorkspaceError.self) {
        try test.workspace.control(source: id, by: Controls(red: .block))
      }
    }
  }

  @Test func `a field that a destination encrypts stays an exact yellow matcher`() throws {
    let test = try TestWorkspace.withDestination()
    let key = NewKey(
      try RSAPrivateKey.generate(bits: 2048).publicKey, .imported, proof: .skipped)
    try test.workspace.enableEncryption(of: "files", fields: ["email"], format: .auto, key: key)
    #expect(
      errorText {
        try test.workspace.add(
          matcher: Matcher(name: "email", classification: .yellow, kind: .similar))
      }.contains("destination \"files\" encrypts it"))
    #expect(try actions(test, "email", "phone") == [.encrypt, .pass])
    try test.workspace.control(destination: "files", by: Controls(red: .encrypt, yellow: .encrypt))
    #expect(try actions(test, "ssn", "phone") == [.encrypt, .encrypt])
  }

  @Test func `a control makes no tokens of fields that have few values`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.control(source: "kiosk", by: Controls(yellow: .tokenize))
    #expect(try actions(test, from: "kiosk", "email", "gender") == [.tokenize, .remove])
  }

  @Test func `synonyms and the preset are audited changes`() throws {
    let test = try TestWorkspace()
    try test.workspace.add(synonym: "courriel", toMatcher: "email")
    try test.workspace.remove(synonym: "courriel", fromMatcher: "email")
    #expect(try test.workspace.addSafeHarbor() == 18)
    #expect(try test.workspace.addSafeHarbor() == 0)
    try test.workspace.classify(key: "shoeSize", as: .green)
    let types = try test.records(of: "privacy").filter { $0.outcome == .ok }.map(\.type)
    #expect(
      types.suffix(5) == [
        .matcherModified, .matcherModified, .matcherCreated, .matcherCreated, .inboxClassified,
      ])
    #expect(test.workspace.privacy.matcher(named: "shoe_size")?.classification == .green)
  }
}
