import EventJSON
import Testing

/// Which values of an event are found, and which are not.
@Suite struct KeySelectionTests {
  typealias Match = Scanned.Match

  private func matches(_ fields: String, _ keys: [String]) -> [Match] {
    let scanned = Scanned("{\"type\":\"page\",\"userId\":\"u\",\(fields)}", selecting: keys)
    #expect(scanned.rejection == nil)
    return scanned.matches
  }

  @Test(arguments: ["context", "traits", "properties"])
  func `a key inside a section is found at any depth`(section: String) {
    let fields =
      #""\#(section)":{"email":"a","x":{"y":{"email":"b"}},"z":[{"email":"c"},[{"email":"d"}]]}"#
    #expect(matches(fields, ["email"]).map(\.value) == [#""a""#, #""b""#, #""c""#, #""d""#])
  }

  @Test(arguments: [
    #""email":"x""#, #""integrations":{"email":"x"}"#, #""name":"email""#,
    #""other":[{"email":"x"}]"#,
    #""traits":{"name":"email"}"#, #""traits":{"list":["email"]}"#, #""Traits":{"email":"x"}"#,
    #""other":{"traits":{"email":"x"}}"#, #""traits":{},"other":{"email":"x"}"#,
    #""traits":{"emails":"x"}"#, #""traits":{"mail":"x"}"#,
    #""traits":{"":"x"}"#, #""traits":{"_- .":"x"}"#, #""traits":{"emäil":"x"}"#,
    #""traits":{"ema\ud800il":"x"}"#, #""traits":{"email\u0000":"x"}"#, #""messageId":"email""#,
  ])
  func `outside the sections, and under another key, is no match`(fields: String) {
    #expect(matches(fields, ["email"]).isEmpty)
  }

  @Test func `a scanner that remembers keys finds what a new one finds`() {
    let keys = ["email", "phone", "date_of_birth", "mrn", "a long key of more than 16 bytes", "q"]
    var scanner = EventScanner(selecting: KeySelection(keys))
    for seed in 0..<500 as Range<UInt64> {
      let text = Array(RandomEvent.make(seed: seed, repeatsKeys: true).utf8)
      let fresh = Scanned(text, selecting: keys)
      #expect((scanner.scan(text) == nil) == (fresh.rejection == nil))
      #expect(scanner.matches == fresh.keyMatches, "seed \(seed)")
    }
    // Alike in length and ends, or in all that is remembered of a long key.
    for key in [
      "emxil", "email", "e", "q", "qq", "", "mrn", "mr-n", "a long key of more than 16 bytes",
      "a long kez of more than 16 bytes", "a long key of more than 16 bytes",
    ] {
      let text = Array("{\"type\":\"page\",\"userId\":\"u\",\"traits\":{\"\(key)\":1}}".utf8)
      #expect(scanner.scan(text) == nil)
      #expect(scanner.matches == Scanned(text, selecting: keys).keyMatches, "\(key)")
    }
  }

  @Test(arguments: ["context", "traits", "properties"])
  func `a section itself is no match`(section: String) {
    #expect(matches("\"\(section)\":{\"a\":1}", [section]).isEmpty)
  }

  @Test func `traits inside context are searched, and can be selected as one value`() {
    let fields = #""context":{"traits":{"email":"x"}}"#
    #expect(matches(fields, ["email"]) == [Match("email", #""x""#)])
    #expect(matches(fields, ["traits"]) == [Match("traits", #"{"email":"x"}"#)])
  }

  @Test(arguments: [
    #""x""#, #""""#, #""a\"b\\""#, "0", "120.50", "-1E+5", "true", "false", "null", "{}", "[]",
    #"{"a":[1,{"b":2}]}"#, #"[ 1 , [ ] ]"#, #"["}","]"]"#,
  ])
  func `the match is the exact text of the value, of every kind`(value: String) {
    for (before, after) in [("", ""), (" ", " "), ("\n\t", ", \"z\":1")] {
      let fields = "\"properties\":{\"email\":\(before)\(value)\(after)}"
      #expect(matches(fields, ["email"]) == [Match("email", value)])
    }
  }

  @Test(arguments: [
    "date_of_birth", "dateOfBirth", "Date of Birth", "DATE-OF-BIRTH", "date.of.birth",
    "_dateofbirth", "dateofbirth ", "d.a.t.e_of_b-irth", "\\u0064ateOfBirth", "date\\u005fof_birth",
    "date\\u0020of birth", "\\u0044ATEOFBIRTH",
  ])
  func `spellings that fold alike are one key`(spelling: String) {
    #expect(
      matches("\"traits\":{\"\(spelling)\":\"x\"}", ["date_of_birth"]).map(\.value) == ["\"x\""])
  }

  @Test(arguments: [
    "dateofbirt", "adateofbirth", "dateofbirths", "date/of/birth", "date\\u00a0of birth",
    "date\\tofbirth", "ｄateofbirth",
  ])
  func `other spellings are other keys`(spelling: String) {
    #expect(matches("\"traits\":{\"\(spelling)\":\"x\"}", ["date_of_birth"]).isEmpty)
  }

  @Test(arguments: [
    ("Date of-Birth_.", "dateofbirth"), ("", ""), ("_-. ", ""), ("É_é", "Éé"), ("a/b", "a/b"),
    ("[@`{", "[@`{"),
  ])
  func `folding lowers ASCII letters and drops four separators`(key: String, folded: String) {
    #expect(KeyFolding.fold(key) == folded)
  }

  @Test func `what is selected inside a match is a match too, by its start`() {
    let fields = #""traits":{"address":{"name":"n","in":[{"address":{"name":"m"}}]},"name":"o"}"#
    #expect(
      matches(fields, ["address", "name"]) == [
        Match("address", #"{"name":"n","in":[{"address":{"name":"m"}}]}"#),
        Match("name", #""n""#), Match("address", #"{"name":"m"}"#), Match("name", #""m""#),
        Match("name", #""o""#),
      ])
  }

  @Test func `a key that is given twice is found twice`() {
    let fields = #""traits":{"email":"a","Email":1,"e\u006dail":[2]}"#
    #expect(matches(fields, ["email"]).map(\.value) == [#""a""#, "1", "[2]"])
  }

  @Test func `of two names that fold alike the first is told`() {
    #expect(matches(#""traits":{"a-b":1}"#, ["x", "a_b", "AB"]) == [Match("a_b", "1")])
  }

  @Test func `names without a letter select nothing`() {
    #expect(matches(#""traits":{"":1,"_":2,"-":3}"#, ["", "_", " - "]).isEmpty)
  }

  @Test func `each of many keys is found, and only its own`() {
    let keys = (0..<500).map { "key_\($0)" }
    let body = (0..<1000).map { "\"Key-\($0)\":\($0)" }.joined(separator: ",")
    let found = matches("\"properties\":{\(body)}", keys)
    #expect(found == (0..<500).map { Match("key_\($0)", "\($0)") })
  }
}
