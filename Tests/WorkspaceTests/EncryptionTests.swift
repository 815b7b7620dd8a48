import AuditLog
import Cryptography
import Eligibility
import FieldEncryption
import Privacy
import Testing
import Workspace

@Suite struct EncryptionTests {
  private static let privateKey = makeKey()
  private static let privateOther = makeKey()
  private static let key = NewKey(privateKey.publicKey, .imported, proof: .skipped)
  private static let other = NewKey(privateOther.publicKey, .generated, proof: .readBack)

  private static func makeKey() -> RSAPrivateKey {
    do { return try RSAPrivateKey.generate(bits: 2048) } catch { fatalError("\(error)") }
  }

  @Test func `enabling names fields, key and format, and says so in the log`() throws {
    let test = try enabled()
    let destination = try test.reopened().destination("files")
    #expect(destination.encryption.enabled)
    #expect(destination.encryption.fields == ["email", "phone"])
    #expect(destination.encryption.activeKey?.kid == Self.key.key.thumbprint)
    #expect(try test.workspace.encryptedKeys(of: destination)["phonenumber"] == "phone")
    let record = try #require(try test.records(of: "destination/files").last)
    #expect(record.type == .encryptionEnabled)
    #expect(
      record.entry.changes == [
        AuditChange(setting: "encryption.enabled", old: "false", new: "true"),
        AuditChange(setting: "encryption.fields", old: "", new: "email, phone"),
        AuditChange(setting: "encryption.active_key", old: "", new: Self.key.key.thumbprint),
        AuditChange(setting: "encryption.active_key_proof", old: "", new: "skipped"),
      ])
  }

  @Test func `a red and an unknown field are refused and recorded`() throws {
    let test = try TestWorkspace.withDestination()
    for field in ["password", "shoe size", "userId"] {
      #expect(
        errorText {
          try test.workspace.enableEncryption(of: "files", fields: [field], key: Self.key)
        }.hasPrefix("field \"\(field)\": "))
      #expect(try test.records(of: "destination/files").last?.outcome == .denied)
    }
    #expect(try !test.workspace.destination("files").encryption.enabled)
  }

  @Test func `fields come and go, and the last one stays`() throws {
    let test = try enabled()
    try test.workspace.add(
      matcher: Matcher(name: "mrn", classification: .yellow, synonyms: ["patient id"]))
    try test.workspace.addEncryptedFields(["MRN"], to: "files")
    #expect(try test.workspace.destination("files").encryption.fields == ["email", "phone", "mrn"])
    try test.workspace.removeEncryptedFields(["email", "phone"], from: "files")
    #expect(
      errorText { try test.workspace.removeEncryptedFields(["mrn"], from: "files") }
        == "field not removed, mrn: nothing would be left to encrypt. Disable encryption instead.")
    #expect(try test.records(of: "destination/files").last?.type == .encryptionFieldsModified)
  }

  @Test func `a matcher in use is neither removed nor reclassified`() throws {
    let test = try enabled()
    let text =
      "matcher \"email\": destination \"files\" encrypts it. Take the field from there first: "
      + "sealpost encryption fields remove files \"email\""
    #expect(errorText { try test.workspace.classify(matcher: "email", as: .red) } == text)
    try test.workspace.disableEncryption(of: "files")
    try test.workspace.classify(matcher: "email", as: .red)
    #expect(test.workspace.privacy.matcher(named: "email")?.classification == .red)
  }

  @Test func `a rotated key stays listed as retired with its dates`() throws {
    let test = try enabled()
    try test.workspace.rotateKey(of: "files", to: Self.other)
    let encryption = try test.reopened().destination("files").encryption
    #expect(encryption.activeKey?.kid == Self.other.key.thumbprint)
    #expect(encryption.retiredKeys.map(\.kid) == [Self.key.key.thumbprint])
    #expect(encryption.retiredKeys.first?.retiredAt != nil)
    #expect(
      errorText { try test.workspace.rotateKey(of: "files", to: Self.key) }
        .contains("it was retired and does not come back"))
  }

  @Test func `a key without proof is pending until its challenge is answered, all in the log`()
    throws
  {
    let test = try enabled()
    try test.workspace.rotateKey(
      of: "files", to: NewKey(Self.other.key, .imported, proof: nil))
    var encryption = try test.reopened().destination("files").encryption
    #expect(encryption.activeKey?.kid == Self.key.key.thumbprint)
    let pending = try #require(encryption.pendingKey)
    #expect(try test.records(of: "destination/files").last?.type == .encryptionKeyImported)

    let wrong = SecretBytes(count: 3)
    #expect(
      errorText { try test.workspace.answerChallenge(of: "files", with: wrong) }
        .hasPrefix("key not confirmed, \(pending.kid): "))
    #expect(try test.records(of: "destination/files").last?.type == .encryptionKeyConfirmed)
    #expect(try test.records(of: "destination/files").last?.outcome == .denied)

    let answer = try pending.answer(with: Self.privateOther)
    try test.workspace.answerChallenge(of: "files", with: answer)
    encryption = try test.reopened().destination("files").encryption
    #expect(encryption.activeKey?.kid == Self.other.key.thumbprint)
    #expect(encryption.retiredKeys.map(\.kid) == [Self.key.key.thumbprint])
    #expect(encryption.pendingKey == nil)
    let record = try #require(try test.records(of: "destination/files").last)
    #expect(record.type == .encryptionKeyConfirmed)
    #expect(record.outcome == .ok)
    #expect(
      record.entry.changes.contains(
        AuditChange(setting: "encryption.active_key_proof", old: "skipped", new: "answered")))
    answer.withBytes { bytes in
      #expect(bytes.byteCount > 40)
    }
  }

  @Test func `tokens have a key per destination, and one for all only where that is said`() throws {
    let test = try enabled()
    try test.workspace.addTokenizedFields(["name"], to: "files")
    for id in ["second", "third"] {
      try test.workspace.addDestination(
        id, adapter: TestWorkspace.product, settings: ["path": .string("/var/\(id)")])
      try test.workspace.enableEncryption(of: id, fields: ["email"], key: Self.key)
      try test.workspace.addTokenizedFields(["name"], to: id, scope: .workspace)
    }
    func kid(_ id: String) throws -> String {
      try test.workspace.tokenKey(of: try test.workspace.destination(id)).id
    }
    #expect(try kid("files") == kid("files"))
    #expect(try kid("files") != kid("second"))
    #expect(try kid("second") == kid("third"))
    #expect(try kid("files").wholeMatch(of: /[0-9a-f]{8}/) != nil)
    #expect(
      try test.workspace.tokenizedKeys(of: test.workspace.destination("files"))["firstname"]
        == "name")
    let record = try #require(try test.records(of: "destination/third").last)
    #expect(record.type == .encryptionFieldsModified)
    #expect(
      record.entry.changes == [
        AuditChange(setting: "encryption.tokenized_fields", old: "", new: "name"),
        AuditChange(setting: "encryption.token_scope", old: "", new: "workspace"),
      ])
    try test.workspace.disableEncryption(of: "files")
    #expect(try test.workspace.tokenizedKeys(of: test.workspace.destination("files")).isEmpty)
  }

  @Test func `a field with few values is no token unless the operator takes that on`() throws {
    let test = try enabled()
    try test.workspace.add(
      matcher: Matcher(name: "when born", classification: .yellow, synonyms: ["year of birth"]))
    for field in ["gender", "Birthdate", "zipcode", "when born"] {
      let name = field == "Birthdate" ? "birthdate" : field
      #expect(
        errorText { try test.workspace.addTokenizedFields([field], to: "files") }
          == "field \"\(name)\": it has few different values, so its tokens show who shares one and can "
          + "be told by how often they occur. Encrypt it, or take that on: --allow-low-cardinality")
      #expect(try test.records(of: "destination/files").last?.outcome == .denied)
      try test.workspace.addTokenizedFields([field], to: "files", allowingLowCardinality: true)
    }
    #expect(
      errorText {
        try test.workspace.addTokenizedFields(
          ["password"], to: "files", allowingLowCardinality: true)
      }.hasPrefix("field \"password\": "))
  }

  @Test func `a matcher whose field is a token is neither removed nor reclassified`() throws {
    let test = try enabled()
    try test.workspace.addTokenizedFields(["name"], to: "files")
    #expect(
      errorText { try test.workspace.classify(matcher: "name", as: .red) }
        .hasPrefix("matcher \"name\": destination \"files\" encrypts it. "))
  }

  @Test func `disabling keeps fields and key for the next time`() throws {
    let test = try enabled()
    try test.workspace.disableEncryption(of: "files")
    var destination = try test.workspace.destination("files")
    #expect(try test.workspace.encryptedKeys(of: destination).isEmpty)
    try test.workspace.enableEncryption(of: "files", fields: [], key: nil)
    destination = try test.workspace.destination("files")
    #expect(destination.encryption.fields == ["email", "phone"])
    try test.workspace.changeEncryptionFormat(of: "files", to: .jwe)
    #expect(try test.workspace.destination("files").encryption.format == .jwe)
  }

  @Test func `a workspace that is not eligible does not enable it`() throws {
    let test = try TestWorkspace.withDestination()
    try test.workspace.setPlan(.free, addon: false)
    #expect(
      errorText {
        try test.workspace.enableEncryption(of: "files", fields: ["email"], key: Self.key)
      }.hasPrefix("destination \"files\": this workspace is not eligible: the plan free"))
  }

  private func enabled() throws -> TestWorkspace {
    let test = try TestWorkspace.withDestination()
    try test.workspace.enableEncryption(
      of: "files", fields: ["Email", "phone"], key: Self.key)
    return test
  }
}
