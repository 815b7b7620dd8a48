import EventJSON
import Testing
import Workbench

@Suite struct JSONStringTests {
  @Test(arguments: [
    ("", ""), ("plain é 😀", "plain é 😀"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#"\u0065mail"#, "email"), (#"\u00E9\u20ac\uD83D\uDE00"#, "é€😀"), (#"a\u0000b"#, "a\0b"),
    (#"\uFFFF"#, "\u{FFFF}"), (#"\uDBFF\uDFFF"#, "\u{10FFFF}"), (#"\\u0041"#, #"\u0041"#),
  ])
  func `escapes are undone`(content: String, text: String) {
    #expect(unescape(content).map { String(decoding: $0, as: UTF8.self) } == text)
  }

  @Test(arguments: [
    #"\ud800"#, #"a\udc00"#, #"\ud800\ud800"#, #"\ud800x"#, #"\ud800\n"#, #"\udc00\ud800"#,
    #"\"#, #"\x"#, #"\u12"#, #"\u12G4"#, #"\ud83d\u"#,
  ])
  func `what no text can hold is refused and leaves the output alone`(content: String) {
    var out = Array("before".utf8)
    #expect(!EventJSONTests.unescape(Array(content.utf8), appendingTo: &out))
    #expect(out == Array("before".utf8))
  }

  @Test func `escaping is the shortest form and nothing beside what must be`() {
    var out: [UInt8] = []
    escape(Array("a\"\\/\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}é😀".utf8), appendingTo: &out)
    #expect(
      String(decoding: out, as: UTF8.self) == "a\\\"\\\\/\\b\\t\\n\\f\\r\\u0000\\u001f\u{7F}é😀")
  }

  @Test func `any text survives escaping and unescaping`() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let scalars = (0..<random.below(60)).compactMap { _ in
        Unicode.Scalar(
          UInt32(random.pick([0x30, 0x100, 0x3000, 0x11_0000].map { random.below($0) })))
      }
      let text = Array(String(String.UnicodeScalarView(scalars)).utf8)
      var escaped: [UInt8] = []
      escape(text, appendingTo: &escaped)
      #expect(jsonError([0x22] + escaped + [0x22]) == nil, "seed \(seed)")
      var back: [UInt8] = []
      #expect(EventJSONTests.unescape(escaped, appendingTo: &back), "seed \(seed)")
      #expect(back == text, "seed \(seed)")
    }
  }

  @Test func `every string value is given, in order, and no key`() throws {
    let text = Array(#"{"k":"a","l":["b",{"m":"\"c","n":1}],"o":"","p":null}"#.utf8)
    var seen: [String] = []
    try forEachString(in: text) { range in
      seen.append(String(decoding: text[range], as: UTF8.self))
    }
    #expect(seen == ["a", "b", #"\"c"#, ""])
  }

  @Test func `a text that is not JSON gives no string at all`() {
    var count = 0
    #expect(throws: JSONError.self) {
      try forEachString(in: Array(#"["a","b""#.utf8)) { _ in count += 1 }
    }
    #expect(count == 0)
  }

  private func unescape(_ content: String) -> [UInt8]? {
    var out: [UInt8] = []
    return EventJSONTests.unescape(Array(content.utf8), appendingTo: &out) ? out : nil
  }
}
