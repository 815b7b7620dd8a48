import EventJSON
import Privacy
import Testing

@Suite struct DefaultMatcherTests {
  @Test func `the published list is whole: 8 red and 28 yellow`() {
    let all = DefaultMatchers.all
    #expect(all.filter { $0.classification == .red }.count == 8)
    #expect(all.filter { $0.classification == .yellow }.count == 28)
    #expect(all.allSatisfy { $0.isDefault })
  }

  @Test func `no key belongs to two of them`() throws {
    try PrivacySettings().check()
  }

  @Test(arguments: [
    ("email", "emailaddress"), ("birthdate", "dateofbirth"), ("phone", "phonenumber"),
    ("name", "firstname"), ("zipcode", "postalcode"), ("ip", "ipaddress"),
  ])
  func `the usual spellings of a key are among its synonyms`(name: String, key: String) throws {
    let matcher = try #require(PrivacySettings().matcher(named: name))
    #expect(matcher.foldedKeys.contains(key))
    #expect(matcher.foldedKeys.first == KeyFolding.fold(name))
  }
}
