import AuditLog
import Cryptography
import Eligibility
import FieldEncryption
import Privacy
import Testing
import Workspace

@Suite struct EncryptionTests {
  private static let key = newKey()
  private static let other = newKey()

  private static func newKey() -> RSAPublicKey {
    do { return try RSAPrivateKey.generate(bits: 2048).publicKey } catch { fatalError("\(error)") }
  }

  @Test func `enabling names fields, key and format, and says so in the log`() throws {
    let test = try enabled()
    let destination = try test.reopened().destination("files")
    #expect(destination.encryption.enabled)
    #expect(destination.encryption.fields == ["email", "phone"])
    #expect(destination.encryption.activeKey?.kid == Self.key.thumbprint)
    #expect(try test.workspace.encryptedKeys(of: destination)["phonenumber"] == "phone")
    let record = try #require(try test.records(of: "destination/files").last)
    #expect(record.type == .encryptionEnabled)
    #expect(
      record.entry.changes == [
        AuditChange(setting: "encryption.enabled", old: "false", new: "true"),
        AuditChange(setting: "encryption.fields", old: "", new: "email, phone"),
        AuditChange(setting: "encryption.active_key", old: "", new: Self.key.thumbprint),
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
    try test.workspace.rotateKey(of: "files", to: Self.other, origin: .generated)
    let encryption = try test.reopened().destination("files").encryption
    #expect(encryption.activeKey?.kid == Self.other.thumbprint)
    #expect(encryption.retiredKeys.map(\.kid) == [Self.key.thumbprint])
    #expect(encryption.retiredKeys.first?.retiredAt != nil)
    #expect(
      errorText { try test.workspace.rotateKey(of: "files", to: Self.key, origin: .imported) }
        .contains("it was retired and does not come back"))
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
