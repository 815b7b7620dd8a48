import Foundation
import Privacy
import Testing

@Suite struct PrivacySettingsTests {
  private let mrn = Matcher(
    name: "mrn", classification: .yellow, synonyms: ["medical record number", "patient_id"])

  @Test func `chosen fields give every folded key of their matchers`() throws {
    let keys = try PrivacySettings().adding(mrn).encryptableKeys(for: ["Email", "mrn"])
    #expect(
      keys == [
        "email": "email", "emailaddress": "email", "mailaddress": "email", "mrn": "mrn",
        "medicalrecordnumber": "mrn", "patientid": "mrn",
      ])
  }

  @Test func `no field gives no key`() throws {
    #expect(try PrivacySettings().encryptableKeys(for: []).isEmpty)
  }

  @Test func `only yellow can be encrypted, and the error says how to reclassify`() throws {
    #expect(
      text { try PrivacySettings().encryptableKeys(for: ["password"]) }
        == "field \"password\": its matcher is classified red, and only yellow fields can be "
        + "encrypted. Reclassify it: sealpost matcher add \"password\" --classification yellow")
    let green = try PrivacySettings().classifying("city", as: .green)
    #expect(text { try green.encryptableKeys(for: ["city"]) }.contains("classified green"))
    let yellow = try PrivacySettings().classifying("password", as: .yellow)
    #expect(try yellow.encryptableKeys(for: ["password"])["passwd"] == "password")
  }

  @Test func `an unknown field and an id of the event are refused`() {
    #expect(
      text { try PrivacySettings().encryptableKeys(for: ["shoe size"]) }
        == "field \"shoe size\": there is no matcher of that name. See: sealpost matcher list")
    for id in ["userId", "anonymous_id", "messageId"] {
      #expect(
        text { try PrivacySettings().encryptableKeys(for: [id]) }
          == "field \"\(id)\": userId, anonymousId and messageId cannot be encrypted, and may "
          + "themselves identify a person. Send ids that say nothing about who it is.")
    }
  }

  @Test func `a custom matcher overrides a default one of the same name`() throws {
    let settings = try PrivacySettings().adding(
      Matcher(name: "E-Mail", classification: .yellow, synonyms: ["courriel"]))
    #expect(
      try settings.encryptableKeys(for: ["email"]) == ["email": "E-Mail", "courriel": "E-Mail"])
    #expect(settings.all.count == DefaultMatchers.all.count)
    #expect(try settings.removing("email").matcher(named: "email")?.isDefault == true)
  }

  @Test func `one that overrides a default matcher without synonyms keeps that one's`() throws {
    let settings = try PrivacySettings().adding(Matcher(name: "password", classification: .yellow))
    #expect(settings.matcher(named: "password")?.synonyms == ["passwd", "passphrase", "pwd"])
  }

  @Test func `a key of two matchers is refused`() {
    #expect(
      text {
        try PrivacySettings().adding(
          Matcher(name: "kontakt", classification: .yellow, synonyms: ["E_Mail"]))
      }
        == "matcher \"kontakt\": the key \"email\" belongs to the matcher \"email\" already. "
        + "Take it from one of the two.")
  }

  @Test func `a hundred custom matchers are the most`() throws {
    var settings = PrivacySettings()
    for number in 0..<100 {
      settings = try settings.adding(Matcher(name: "own \(number)", classification: .yellow))
    }
    #expect(
      text { try settings.adding(mrn) }
        == "matcher not added: there are 100 custom matchers already. Remove one first.")
    _ = try settings.adding(Matcher(name: "own 7", classification: .red))
  }

  @Test(arguments: ["", "...", "a\u{0}b", String(repeating: "a", count: 65), "_ -"])
  func `a name or synonym that is no key is refused`(name: String) {
    #expect(
      text { try PrivacySettings().adding(Matcher(name: name, classification: .red)) }
        .contains("a name has 1 to 64 characters"))
    #expect(
      text {
        try PrivacySettings().adding(
          Matcher(name: "x1", classification: .red, synonyms: [name]))
      }.contains("a synonym has 1 to 64 characters"))
  }

  @Test func `default matchers are not removed`() {
    #expect(
      text { try PrivacySettings().removing("email") }
        == "matcher \"email\": it ships with Sealpost and is not removed. Override it: "
        + "sealpost matcher add \"email\" --classification green")
    #expect(text { try PrivacySettings().removing("x") }.contains("there is no matcher"))
  }

  @Test func `the document comes back as it was, and nobody can call their own default`() throws {
    let settings = try PrivacySettings().adding(mrn)
    let bytes = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(PrivacySettings.self, from: bytes) == settings)
    let forged = Data(
      #"{"format":1,"custom_matchers":[{"name":"a","classification":"red","isDefault":true}]}"#.utf8
    )
    let read = try JSONDecoder().decode(PrivacySettings.self, from: forged)
    #expect(read.customMatchers == [Matcher(name: "a", classification: .red)])
  }

  @Test func `a document written by hand with a name twice is refused where it matters`() {
    let settings = PrivacySettings(customMatchers: [mrn, mrn])
    #expect(
      text { try settings.encryptableKeys(for: ["mrn"]) }
        == "matcher \"mrn\": it is listed twice. Remove one of the two.")
  }

  private func text<Result>(_ body: () throws -> Result) -> String {
    do {
      _ = try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
