import Foundation
import Privacy
import Testing

@Suite struct MatcherKindTests {
  @Test(arguments: [
    ("email", "email", 1.0), ("email", "emails", 8.0 / 9.0), ("night", "nacht", 0.25),
    ("", "", 1), ("a", "b", 0), ("a", "a", 1), ("ab", "ba", 0), ("aaaa", "aa", 0.5),
    ("diagnosis", "diagnosys", 0.75), ("birthdate", "birthdat", 14.0 / 15.0),
    ("patientname", "name", 6.0 / 13.0),
  ])
  func `the coefficient is that of Sørensen and Dice over bigrams`(
    a: String, b: String, expected: Double
  ) {
    #expect(Similarity.coefficient(a, b) == expected)
    #expect(Similarity.coefficient(b, a) == expected)
  }

  private let similar = Matcher(name: "near email", classification: .yellow, kind: .similar)
  private let digits = Matcher(name: "digits", classification: .red, kind: .value("\\d{9}"))

  @Test func `a matcher that only detects is never a field of encryption`() throws {
    let settings = try PrivacySettings().adding(similar)
    #expect(throws: PrivacyError.detectionOnly("near email")) {
      try settings.encryptableKeys(for: ["near email"])
    }
  }

  @Test func `it owns no key, so it may share one`() throws {
    let sharing = Matcher(
      name: "mail like", classification: .yellow, synonyms: ["email"], kind: .similar)
    let settings = try PrivacySettings().adding(sharing)
    #expect(settings.ownedKeys == PrivacySettings().ownedKeys)
    #expect(try settings.encryptableKeys(for: ["email"])["email"] == "email")
  }

  @Test func `a pattern that is not taken keeps its matcher out`() {
    let bad = Matcher(name: "bad", classification: .red, kind: .value("(a"))
    #expect(
      text { try PrivacySettings().adding(bad) }
        == "matcher \"bad\": its pattern is not taken, at character 3: a bracket is not closed. "
        + "Correct it.")
  }

  @Test func `a document keeps the kind`() throws {
    let settings = try PrivacySettings().adding(similar).adding(digits)
      .controlling(source: "kiosk", by: Controls(red: .block, yellow: .encrypt))
    let read = try JSONDecoder().decode(
      PrivacySettings.self, from: JSONEncoder().encode(settings))
    #expect(read == settings)
    #expect(read.controls(ofSource: "kiosk") == Controls(red: .block, yellow: .encrypt))
    #expect(read.controls(ofSource: "other").isEmpty)
  }

  @Test func `a document that says both kinds at once is refused`() {
    let json = #"{"name":"a","classification":"red","similar":true,"value":"b"}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Matcher.self, from: Data(json.utf8))
    }
  }

  // MARK: - Synonyms

  @Test func `a synonym comes and goes; a default matcher is overridden, not edited`() throws {
    let added = try PrivacySettings().addingSynonym("courriel", to: "email")
    #expect(added.customMatchers.map(\.name) == ["email"])
    #expect(added.ownedKeys.contains("courriel") && added.ownedKeys.contains("emailaddress"))
    let removed = try added.removingSynonym("Email_Address", from: "email")
    #expect(
      !removed.ownedKeys.contains("emailaddress") && removed.ownedKeys.contains("mailaddress"))
    #expect(throws: PrivacyError.hasSynonym(matcher: "email", synonym: "E-Mail")) {
      try added.addingSynonym("E-Mail", to: "email")
    }
    #expect(throws: PrivacyError.noSynonym(matcher: "email", synonym: "post")) {
      try added.removingSynonym("post", from: "email")
    }
    #expect(throws: PrivacyError.self) { try added.addingSynonym("phone", to: "email") }
    #expect(throws: PrivacyError.unknownMatcher("nothing")) {
      try added.addingSynonym("a", to: "nothing")
    }
  }

  @Test func `the last synonym of a default matcher can go, and stays gone`() throws {
    let bare = try PrivacySettings().removingSynonym("town", from: "city")
    #expect(bare.matcher(named: "city")?.synonyms == [])
    #expect(try bare.classifying("city", as: .green).matcher(named: "city")?.synonyms == [])
  }

  // MARK: - Safe Harbor

  @Test func `the preset has the rule's 18 identifiers, in its order`() {
    #expect(SafeHarbor.identifiers.map(\.letter) == Array("ABCDEFGHIJKLMNOPQR"))
  }

  @Test func `it is added once, keeps to the limit, and takes no key from another matcher`() throws
  {
    let own = Matcher(name: "patient number", classification: .red)
    let before = try PrivacySettings().adding(own)
    let after = try before.addingSafeHarbor()
    #expect(after.customMatchers.count == 19)
    #expect(try after.addingSafeHarbor() == after)
    let keys = after.ownedKeys
    for key in ["mrn", "npi", "memberid", "vin", "deviceid", "url", "fax", "fingerprint", "age"] {
      #expect(keys.contains(key))
    }
    #expect(after.matcher(named: "patient number")?.classification == .red)
    #expect(after.matcher(named: "mrn")?.foldedKeys.contains("patientnumber") == false)
    #expect(DefaultMatchers.all.allSatisfy { Set($0.foldedKeys).isSubset(of: keys) })
  }

  private func text(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func text(_ body: () throws -> PrivacySettings) -> String {
    text { _ = try body() as PrivacySettings }
  }
}
