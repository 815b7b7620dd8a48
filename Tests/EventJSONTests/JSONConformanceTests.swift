import EventJSON
import Testing

/// RFC 8259, by tables of texts: what is JSON, and what is not and why.
@Suite struct JSONConformanceTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "\"\"", "\"a\"", "{}", "[]", " {} ", "\t[\r\n]\n",
    "[[]]", "[{}]", "[null]", "[1,2]", "[ 1 , 2 ]", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : 2 }",
    "{\"\":0}", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[{\"c\":null}]}}", "[[[[[[]]]]]]",
    "[\"\u{7F}\"]", "[\"é\"]", "[\"\u{20AC}\"]", "[\"\u{1F600}\"]", "[\"\u{2028}\u{2029}\"]",
    "[\"\u{FEFF}\"]", "[\"\u{10FFFF}\"]", "[\"\u{FFFE}\"]",
  ])
  func `a JSON text is accepted`(text: String) {
    #expect(jsonError(text) == nil)
  }

  @Test(arguments: [
    "0", "-0", "7", "10", "1234567890", "120.50", "0.0", "-0.5", "1e5", "1E5", "1e+5", "1e-5",
    "0e0", "-0E-0", "1.5e300", "123123123123123123123123123123", "1e999999", "0.000000000000001",
  ])
  func `a number is accepted`(text: String) {
    #expect(jsonError(text) == nil)
    #expect(jsonError("[\(text)]") == nil)
    #expect(jsonError("{\"n\":\(text),\"m\":\(text) }") == nil)
  }

  @Test(arguments: [
    "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1E-", "1e1.5", "--1",
    "1-", "0x10", "1_000", "1,5", "NaN", "Infinity", "-Infinity", "1f", "1.2.3", "٣", "1 2", "0-1",
  ])
  func `what is not a number of the grammar is refused`(text: String) {
    #expect(jsonError(text) != nil)
    #expect(jsonError("{\"n\":\(text)}") != nil)
  }

  @Test(
    arguments: [
      ("", .empty, 0), ("  \n", .empty, 3), ("[", .truncated, 1), ("{", .truncated, 1),
      ("{\"a\"", .truncated, 4), ("{\"a\":", .truncated, 5), ("{\"a\":1", .truncated, 6),
      ("{\"a\":1,", .truncated, 7), ("[1,", .truncated, 3), ("\"a", .truncated, 2),
      ("\"a\\", .truncated, 3), ("\"\\u00", .truncated, 5), ("tru", .truncated, 3),
      ("-", .truncated, 1), ("1.", .truncated, 2), ("]", .unexpectedByte, 0),
      ("[,1]", .unexpectedByte, 1), ("[1,]", .unexpectedByte, 3), ("'a'", .unexpectedByte, 0),
      ("[\u{0}]", .unexpectedByte, 1), ("\u{FEFF}{}", .unexpectedByte, 0),
      ("\u{0C}[]", .unexpectedByte, 0), ("\u{A0}[]", .unexpectedByte, 0),
      ("{\"a\":}", .unexpectedByte, 5), ("// x", .unexpectedByte, 0),
      ("{1:2}", .expectedKey, 1), ("{,}", .expectedKey, 1), ("{\"a\":1,}", .expectedKey, 7),
      ("{a:1}", .expectedKey, 1), ("{null:1}", .expectedKey, 1),
      ("{\"a\" 1}", .expectedColon, 5), ("{\"a\",1}", .expectedColon, 4),
      ("{\"a\"}", .expectedColon, 4), ("[1 2]", .expectedCommaOrEnd, 3),
      ("[1}", .expectedCommaOrEnd, 2), ("{\"a\":1]", .expectedCommaOrEnd, 6),
      ("[\"a\" \"b\"]", .expectedCommaOrEnd, 5), ("[1:2]", .expectedCommaOrEnd, 2),
      ("nul]", .badLiteral, 0), ("truth", .badLiteral, 0), ("fALSE", .badLiteral, 0),
      ("01", .badNumber, 2), ("-a", .badNumber, 1), ("1.a", .badNumber, 2),
      ("1ea", .badNumber, 2), ("\"\u{0}\"", .controlCharacter, 1),
      ("\"a\nb\"", .controlCharacter, 2), ("\"\t\"", .controlCharacter, 1),
      ("\"\u{1F}\"", .controlCharacter, 1), ("\"\\x00\"", .badEscape, 1),
      ("\"\\'\"", .badEscape, 1), ("\"\\U0041\"", .badEscape, 1), ("\"\\u00G0\"", .badEscape, 1),
      ("{} {}", .trailingBytes, 3), ("1 2", .trailingBytes, 2), ("[]]", .trailingBytes, 2),
      ("{}\u{0}", .trailingBytes, 2), ("\"a\"b", .trailingBytes, 3),
      ("nulll", .trailingBytes, 4), ("{}#", .trailingBytes, 2),
    ] as [(String, JSONError.Reason, Int)])
  func `what is not JSON is refused with the reason and the place`(
    text: String, reason: JSONError.Reason, offset: Int
  ) {
    #expect(jsonError(text) == JSONError(reason, at: offset))
  }

  @Test(arguments: [
    "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u00e9", "\\uFFFF",
    "\\uD83D\\uDE00", "\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800a", "\\ud800\\n",
  ])
  func `an escape of section 7 is accepted, a lone surrogate too`(escape: String) {
    for padding in 0..<9 {
      #expect(jsonError("\"\(String(repeating: "a", count: padding))\(escape)\"") == nil)
    }
  }

  @Test func `at every place of a string a byte means the same`() {
    for position in 0..<20 {
      for byte in 0...UInt8.max {
        var text = [UInt8](repeating: UInt8(ascii: "a"), count: 28)
        text[0] = UInt8(ascii: "\"")
        text[27] = UInt8(ascii: "\"")
        text[position + 1] = byte
        let reason: JSONError.Reason? =
          switch byte {
          case UInt8(ascii: "\""): .trailingBytes
          case UInt8(ascii: "\\"): .badEscape
          case 0..<0x20: .controlCharacter
          case 0x80...: .invalidUTF8
          default: nil
          }
        #expect(jsonError(text)?.reason == reason, "byte \(byte) at \(position)")
      }
    }
  }

  @Test func `512 brackets may be open, not one more`() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      let value = open == "[" ? "" : "1"
      let deepest =
        String(repeating: open, count: 512) + value + String(repeating: close, count: 512)
      #expect(jsonError(deepest) == nil)
      #expect(jsonError(open + deepest + close)?.reason == .tooDeep)
      #expect(jsonError(String(repeating: open, count: 100_000))?.reason == .tooDeep)
    }
  }

  @Test func `a string of a megabyte is accepted`() {
    let long = String(repeating: "0123456789abcde\\n", count: 1 << 16)
    #expect(jsonError("{\"\(long)\":\"\(long)\"}") == nil)
  }

  @Test func `a text that is cut at any byte is refused`() {
    let text = Array(
      #" {"a":[1.5e3,-0,true,false,null,"é😀\u00e9\"\\"],"€":{"b":{},"c":[ ]}, "d" : "x" } "#.utf8)
    #expect(jsonError(text) == nil)
    for end in 0..<text.count - 1 {
      let error = jsonError(Array(text[..<end]))
      #expect(error != nil, "cut at \(end)")
      #expect((error?.offset ?? 0) <= end)
    }
  }

  @Test func `an error names the place and the reason, never the text`() {
    #expect(
      jsonError("{\"ssn\":tru3}").map { "\($0)" }
        == "not JSON at byte 7: only true, false and null may be written without quotes")
  }
}
