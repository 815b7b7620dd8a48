import AuditLog
import Cryptography
import Foundation
import Testing

@testable import Workspace

/// A document of every kind, changed behind the program's back.
@Suite struct UnauditedDocumentTests {
  /// Users and tokens have ids that are made for them: here theirs stands for the first one.
  private static let objects = [
    "workspace", "privacy", "products", "adapter-trust", "product-lists", "destination/files",
    "adapter/\(TestWorkspace.product)", "user/", "token/", "source/web", "snapshots",
  ]

  /// With a document of every kind, and a second destination.
  private func workspace() throws -> TestWorkspace {
    let test = try TestWorkspace.withDestination()
    try test.workspace.addDestination("others", adapter: TestWorkspace.product)
    try test.workspace.trust(
      try Ed25519.SigningKey.generate().verifyingKey, id: String(repeating: "b", count: 64),
      name: "Release")
    try test.workspace.trustIssuer(
      try Ed25519.SigningKey.generate().verifyingKey, name: "Office")
    try test.workspace.setPassword(of: TestWorkspace.owner, to: .test(TestWorkspace.ownersPassword))
    try test.workspace.addUser(
      "eva@clinic.example", role: .viewer, piiAccess: false, password: .test("eva's long password"))
    _ = try test.workspace.createToken(role: .viewer, piiAccess: false, days: 1)
    _ = try test.workspace.addSource("web")
    _ = try test.workspace.takeSnapshot(to: test.folder + "/snapshot")
    return test
  }

  private func object(_ name: String, in test: TestWorkspace) throws -> String {
    switch name {
    case "user/": ConfigurationObject.user(try test.workspace.user("eva@clinic.example").id)
    case "token/": ConfigurationObject.token(try #require(test.workspace.tokens().first?.id))
    default: name
    }
  }

  private func file(of object: String) throws -> String {
    try #require(ConfigurationObject.file(of: object))
  }

  @Test(arguments: objects)
  func `an edited one is named, the others go on, and it is accepted as an audited change`(
    _ name: String
  ) throws {
    let test = try workspace()
    let object = try object(name, in: test)
    let file = try file(of: object)
    // The same document with other bytes: only the log can tell.
    try test.write(file, try test.text(file).utf8 + Array("\n".utf8))
    let changed = try test.reopened()
    #expect(changed.damage.count == 1)
    #expect("\(try #require(changed.damage.first))".contains("/\(file): it was changed outside"))
    #expect(try changed.destination("others").quarantine == nil)
    #expect(try (changed.destination("files").quarantine != nil) == (object == "destination/files"))
    #expect(!changed.eligibility().isEligible)
    let before = test.workspace.audited(object)
    #expect(try changed.reconcile(object))
    #expect(try test.reopened().damage.isEmpty)
    let type: AuditEventType =
      name == "destination/files" ? .destinationReconciled : .documentReconciled
    let records = try test.records(of: object).filter { $0.type == type }
    #expect(records.map(\.outcome) == [.intent, .ok])
    #expect(records.allSatisfy { $0.before == before })
    #expect(records.last?.after == SHA256.hash(Array(try test.text(file).utf8)))
  }

  @Test(arguments: objects)
  func `one that is no such document is named and cannot be accepted`(_ name: String) throws {
    let test = try workspace()
    let object = try object(name, in: test)
    let file = try file(of: object)
    try test.write(file, Array("{\"format\":1".utf8))
    let text = errorText {
      let changed = try test.reopened()
      try #require(!changed.damage.isEmpty)
      try changed.reconcile(object)
    }
    #expect(text.contains(file), "\(text)")
  }

  @Test func `a document that was removed by hand is named too`() throws {
    let test = try workspace()
    for name in ["user/", "token/", "product-lists", "adapter-trust", "destination/files"] {
      let file = try file(of: object(name, in: test))
      let text = try test.text(file)
      try FileManager.default.removeItem(atPath: test.path + "/" + file)
      let changed = try test.reopened()
      #expect(
        changed.damage.contains { "\($0)".contains("/\(file): it was changed outside") }, "\(name)")
      #expect(!changed.eligibility().isEligible)
      try test.write(file, text.utf8)
      #expect(try test.reopened().damage.isEmpty, "\(name)")
    }
  }
}
