import Cryptography
import FieldEncryption
import Foundation
import Testing

struct EncryptionSettingsTests {
  private static let start = "2025-01-01T00:00:00Z"
  private static let later = "2025-02-01T00:00:00Z"
  private static let newFirst = NewKey(TestKeys.rsa2048.publicKey, .generated, proof: .readBack)
  private static let newSecond = NewKey(TestKeys.rsa3072.publicKey, .imported, proof: .skipped)
  private static let first = EncryptionKeyRecord(
    key: TestKeys.rsa2048.publicKey, activatedAt: start, origin: .generated, proof: .readBack)
  private static let second = EncryptionKeyRecord(
    key: TestKeys.rsa3072.publicKey, activatedAt: later, origin: .imported, proof: .skipped)

  private func enabled() throws -> EncryptionSettings {
    try EncryptionSettings().enabled(
      fields: ["email", "phone"], format: nil, key: Self.newFirst, at: Self.start)
  }

  @Test func `encryption is off until it is enabled, and then in the format auto`() throws {
    #expect(!EncryptionSettings().enabled)
    let settings = try enabled()
    #expect(settings.enabled)
    #expect(settings.fields == ["email", "phone"])
    #expect(settings.format == .auto)
    #expect(settings.activeKey == Self.first)
    #expect(settings.retiredKeys.isEmpty)
  }

  @Test func `a rotated key is retired with its date and does not come back`() throws {
    let settings = try enabled().rotatedKey(to: Self.newSecond, at: Self.later)
    #expect(settings.activeKey == Self.second)
    var retired = Self.first
    retired.retiredAt = Self.later
    #expect(settings.retiredKeys == [retired])
    #expect(throws: FieldEncryptionError.keyAlreadyActive(kid: Self.second.kid)) {
      try settings.rotatedKey(to: Self.newSecond, at: Self.later)
    }
    #expect(throws: FieldEncryptionError.keyWasRetired(kid: Self.first.kid)) {
      try settings.rotatedKey(to: Self.newFirst, at: Self.later)
    }
  }

  @Test func `fields are added and removed, none twice and never the last`() throws {
    let settings = try enabled().addingFields(["mrn"])
    #expect(settings.fields == ["email", "phone", "mrn"])
    #expect(try settings.removingFields(["email", "mrn"]).fields == ["phone"])
    #expect(throws: FieldEncryptionError.fieldAlreadyEncrypted("mrn")) {
      try settings.addingFields(["mrn"])
    }
    #expect(throws: FieldEncryptionError.fieldNotEncrypted("name")) {
      try settings.removingFields(["name"])
    }
    #expect(throws: FieldEncryptionError.lastField("mrn")) {
      try settings.removingFields(["email", "phone", "mrn"])
    }
  }

  @Test func `disabling keeps key and fields, and enabling again needs neither`() throws {
    let off = try enabled().disabled()
    #expect(!off.enabled)
    #expect(off.activeKey == Self.first)
    let on = try off.enabled(fields: [], format: .jwe, key: nil, at: Self.later)
    #expect(on.fields == ["email", "phone"])
    #expect(on.format == .jwe)
    #expect(on.retiredKeys.isEmpty)
    let replaced = try off.enabled(
      fields: ["name"], format: nil, key: Self.newSecond, at: Self.later)
    #expect(replaced.fields == ["name"])
    #expect(replaced.retiredKeys.map(\.kid) == [Self.first.kid])
  }

  @Test func `a tokenized field is not encrypted as well, and all tokens have one scope`() throws {
    let settings = try enabled().addingTokenizedFields(["mrn", "npi"], scope: nil)
    #expect(settings.tokens == TokenSettings(fields: ["mrn", "npi"], scope: .destination))
    #expect(settings.selectedFields == ["email", "phone", "mrn", "npi"])
    #expect(throws: FieldEncryptionError.fieldAlreadyTokenized("mrn")) {
      try settings.addingFields(["mrn"])
    }
    #expect(throws: FieldEncryptionError.fieldAlreadyTokenized("mrn")) {
      try settings.addingTokenizedFields(["mrn"], scope: nil)
    }
    #expect(throws: FieldEncryptionError.fieldAlreadyEncrypted("email")) {
      try settings.addingTokenizedFields(["email"], scope: nil)
    }
    #expect(throws: FieldEncryptionError.tokenScopeDiffers(.destination)) {
      try settings.addingTokenizedFields(["name"], scope: .workspace)
    }
    let fewer = try settings.removingFields(["mrn", "npi"])
    #expect(fewer.tokens == nil)
    #expect(
      try fewer.addingTokenizedFields(["mrn"], scope: .workspace).tokens?.scope == .workspace)
    let onlyTokens = try settings.removingFields(["email", "phone", "npi"])
    #expect(throws: FieldEncryptionError.lastField("mrn")) {
      try onlyTokens.removingFields(["mrn"])
    }
  }

  @Test func `what makes no sense is refused`() throws {
    let off = EncryptionSettings()
    #expect(throws: FieldEncryptionError.noKey) {
      try off.enabled(fields: ["email"], format: nil, key: nil, at: Self.later)
    }
    #expect(throws: FieldEncryptionError.noFields) {
      try off.enabled(fields: [], format: nil, key: Self.newFirst, at: Self.later)
    }
    #expect(throws: FieldEncryptionError.fieldAlreadyEncrypted("a")) {
      try off.enabled(fields: ["a", "a"], format: nil, key: Self.newFirst, at: Self.later)
    }
    #expect(throws: FieldEncryptionError.alreadyEnabled) {
      try enabled().enabled(fields: ["a"], format: nil, key: Self.newSecond, at: Self.later)
    }
    #expect(throws: FieldEncryptionError.notEnabled) { try off.disabled() }
    #expect(throws: FieldEncryptionError.notEnabled) { try off.addingFields(["a"]) }
    #expect(throws: FieldEncryptionError.notEnabled) { try off.removingFields(["a"]) }
    #expect(throws: FieldEncryptionError.notEnabled) { try off.changingFormat(to: .jwe) }
    #expect(throws: FieldEncryptionError.notEnabled) {
      try off.rotatedKey(to: Self.newFirst, at: Self.later)
    }
  }

  @Test func `the document is read back, and an unknown format is refused`() throws {
    let settings = try enabled().rotatedKey(to: Self.newSecond, at: Self.later)
      .addingTokenizedFields(["mrn"], scope: .workspace)
      .rotatedKey(
        to: NewKey(TestKeys.rsa4096.publicKey, .imported, proof: nil), at: Self.later)
    let document = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(EncryptionSettings.self, from: document) == settings)
    let other = String(decoding: document, as: UTF8.self)
      .replacingOccurrences(of: #""auto""#, with: #""rot13""#)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(EncryptionSettings.self, from: Data(other.utf8))
    }
  }

  @Test func `a document from before challenges and tokens is read`() throws {
    let old = """
      {"enabled":false,"fields":["email"],"format":"auto","retiredKeys":[],"activeKey":{"kid":"k",\
      "bits":2048,"publicKeyPEM":"","activatedAt":"\(Self.start)","origin":"imported"}}
      """
    let settings = try JSONDecoder().decode(EncryptionSettings.self, from: Data(old.utf8))
    #expect(settings.activeKey?.proof == nil)
    #expect(settings.selectedFields == ["email"])
    #expect(settings.pendingKey == nil)
  }

  @Test func `a record whose key was exchanged is refused`() throws {
    #expect(try Self.first.publicKey().thumbprint == Self.first.kid)
    var changed = Self.first
    changed.publicKeyPEM = Self.second.publicKeyPEM
    #expect(throws: CryptographyError.keyCheckFailed) { try changed.publicKey() }
  }

  @Test func `every error says what, why and the mend`() {
    let texts: [FieldEncryptionError: String] = [
      .alreadyEnabled:
        "encryption not enabled: it is on already. Change its fields or rotate its key instead.",
      .notEnabled: "encryption not changed: it is off. Enable it first.",
      .noKey: "encryption not enabled: there is no key. Generate or import one.",
      .noFields: "encryption not enabled: no field is selected. Name at least one.",
      .fieldAlreadyEncrypted("mrn"):
        "field not added, mrn: it is encrypted already. Leave it out.",
      .fieldNotEncrypted("mrn"):
        "field not removed, mrn: it is not encrypted. See the list of encrypted fields.",
      .lastField("mrn"):
        "field not removed, mrn: nothing would be left to encrypt. Disable encryption instead.",
      .keyAlreadyActive(kid: "k"): "key not changed, k: it is the active key. Give another one.",
      .keyWasRetired(kid: "k"):
        "key not changed, k: it was retired and does not come back. Make a new one.",
      .fieldAlreadyTokenized("mrn"):
        "field not added, mrn: it goes out as a token already. Remove it first to change that.",
      .tokenScopeDiffers(.workspace):
        "tokens not changed: those of this destination have the scope `workspace`, one key for all. "
        + "Remove the tokenized fields first, then add them with the other scope.",
      .keyAlreadyPending(kid: "k"):
        "key not changed, k: it is pending already. Answer its challenge.",
      .noPendingKey: "no key is pending. Rotate to another key first.",
      .onlyKeyPending(kid: "k"):
        "key not withdrawn, k: it is the only one, and encryption is on. Rotate to another key, or "
        + "disable encryption first.",
      .wrongAnswer(kid: "k"):
        "key not confirmed, k: that is not the answer to its challenge. Look whether it is the right "
        + "private key; if that is lost, rotate to another key.",
      .inputFailed(code: EIO):
        "input failed: Input/output error. Check where it is read from.",
    ]
    for (error, text) in texts { #expect(error.description == text) }
  }
}
