import Testing

@testable import EventMapping

/// What each directive makes of an event.
struct MappingTests {
  /// What the table for track makes of the event; nil where it makes nothing.
  static func map(_ table: String, _ event: String) throws -> String? {
    let mapping = try EventMapping(Array(#"{"track":\#(table)}"#.utf8))
    var mapper = EventMapper(mapping)
    var out: [UInt8] = []
    let bytes = Array(event.utf8)
    let result = unsafe mapper.map(bytes.span.bytes, kind: 2, appendingTo: &out)
    #expect((result == .mapped) == !out.isEmpty)
    return result == .mapped ? String(decoding: out, as: UTF8.self) : nil
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let table: String
    let event: String
    let result: String?
    var testDescription: String { table }
  }

  @Test(arguments: [
    Case(
      table: #"{"a":1.50,"b":"x","c":null,"d":true}"#, event: "{}",
      result: #"{"a":1.50,"b":"x","c":null,"d":true}"#),
    Case(table: #"{"a":{"@path":"$.b"}}"#, event: #"{"b":120.50}"#, result: #"{"a":120.50}"#),
    Case(
      table: #"{"a":{"@path":"$.b.c"}}"#, event: #"{"b":{"c":"\u00e9\n"}}"#,
      result: #"{"a":"\u00e9\n"}"#),
    Case(table: #"{"a":{"@path":"$.b"},"c":1}"#, event: "{}", result: #"{"c":1}"#),
    Case(table: #"{"a":{"@path":"$.b"}}"#, event: "{}", result: nil),
    Case(table: #"{"a":{"@path":"$.b"}}"#, event: #"{"b":null}"#, result: #"{"a":null}"#),
    Case(
      table: #"{"a":{"@path":"$.b","else":{"@path":"$.c"}}}"#, event: #"{"b":null,"c":2}"#,
      result: #"{"a":2}"#),
    Case(
      table: #"{"a":{"@path":"$.b\\.c.d e"}}"#, event: #"{"b.c":{"d e":3}}"#, result: #"{"a":3}"#),
    Case(table: #"{"@path":"$"}"#, event: #"{ "b" : 1 }"#, result: #"{ "b" : 1 }"#),
    Case(table: #"{"@path":"$.b"}"#, event: #"{"b":[1]}"#, result: nil),
    Case(
      table: #"{"a":{"@template":"{{b}} of {{ c}}!"}}"#, event: #"{"b":"x\"y"," c":2}"#,
      result: #"{"a":"x\"y of 2!"}"#),
    Case(
      table: #"{"a":{"@template":"<{{b.c}}>"}}"#, event: #"{"b":{"c":{"d":"e"}}}"#,
      result: #"{"a":"<{\"d\":\"e\"}>"}"#),
    Case(
      table: #"{"a":{"@template":"hello {{b}}"},"c":1}"#, event: #"{"b":null}"#, result: #"{"c":1}"#
    ),
    Case(
      table: #"{"a":{"@template":"only \"text\""}}"#, event: "{}", result: #"{"a":"only \"text\""}"#
    ),
    Case(
      table: #"{"a":{"@if":{"exists":{"@path":"$.b"},"then":1,"else":2}}}"#, event: #"{"b":0}"#,
      result: #"{"a":1}"#),
    Case(
      table: #"{"a":{"@if":{"exists":{"@path":"$.b"},"then":1,"else":2}}}"#, event: #"{"b":null}"#,
      result: #"{"a":2}"#),
    Case(
      table: #"{"a":{"@if":{"blank":{"@path":"$.b"},"then":1}},"c":3}"#, event: #"{"b":""}"#,
      result: #"{"a":1,"c":3}"#),
    Case(
      table: #"{"a":{"@if":{"blank":{"@path":"$.b"},"then":1}},"c":3}"#, event: #"{"b":"x"}"#,
      result: #"{"c":3}"#),
    Case(
      table: #"{"a":[{"@path":"$.b"},1,{"@path":"$.c"}]}"#, event: #"{"c":[]}"#,
      result: #"{"a":[1,[]]}"#),
    Case(table: #"{"a":{"b":{"@path":"$.c"}},"d":1}"#, event: "{}", result: #"{"d":1}"#),
    Case(table: #"{"a":{}}"#, event: "{}", result: #"{"a":{}}"#),
    Case(
      table: #"{"a":{"@literal":{"@path":"$.b"}}}"#, event: "{}", result: #"{"a":{"@path":"$.b"}}"#),
    Case(
      table: #"{"@merge":[{"@path":"$.p"},{"x":2,"y":3}]}"#, event: #"{"p":{"x":1,"z":[1,2]}}"#,
      result: #"{"z":[1,2],"x":2,"y":3}"#),
    Case(
      table: #"{"@merge":[{"@path":"$.p"},{"x":2}]}"#, event: #"{"p":"no"}"#, result: #"{"x":2}"#),
    Case(
      table: #"{"@merge":[{"@path":"$.p"},{"x":{"@path":"$.q"}}]}"#, event: #"{"p":{"\u0078":1}}"#,
      result: #"{"\u0078":1}"#),
    Case(
      table: #"{"@merge":[{"@path":"$.p"},{"x":{"@path":"$.q"}}]}"#,
      event: #"{"p":{"\u0078":1},"q":2}"#, result: #"{"x":2}"#),
    Case(
      table: #"{"@omit":["a","b"],"from":{"@path":"$.p"}}"#,
      event: #"{"p":{"a":1,"\u0062":2,"c" : 3}}"#, result: #"{"c":3}"#),
    Case(
      table: #"{"i":{"@arrayPath":["$.p",{"n":{"@path":"$.q"}}]}}"#,
      event: #"{"p":[{"q":1},{},5,{"q":"x"}]}"#, result: #"{"i":[{"n":1},{"n":"x"}]}"#),
    Case(
      table: #"{"i":{"@arrayPath":["$.p",{"@path":"$"}]},"j":1}"#, event: #"{"p":{}}"#,
      result: #"{"j":1}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"seconds"}}"#,
      event: #"{"t":"2026-11-25T12:30:00Z"}"#, result: #"{"t":1795609800}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"milliseconds"}}"#,
      event: #"{"t":"2026-11-25T13:30:00.0509+01:00"}"#, result: #"{"t":1795609800050}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"microseconds"}}"#,
      event: #"{"t":"1969-12-31T23:59:59.5Z"}"#, result: #"{"t":-500000}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"seconds"}}"#,
      event: #"{"t":"1969-12-31T23:59:59.5Z"}"#, result: #"{"t":-1}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"seconds"}}"#,
      event: #"{"t":"2026-02-31T12:30:00Z"}"#, result: #"{"t":"2026-02-31T12:30:00Z"}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"seconds"}}"#, event: #"{"t":"yesterday"}"#,
      result: #"{"t":"yesterday"}"#),
    Case(
      table: #"{"t":{"@time":{"@path":"$.t"},"as":"seconds"}}"#, event: #"{"t":1234}"#,
      result: #"{"t":1234}"#),
  ])
  func `a table makes of an event`(example: Case) throws {
    #expect(try Self.map(example.table, example.event) == example.result)
  }

  @Test
  func
    `a sealed value arrives byte by byte, whatever its length, through every directive but a time`()
    throws
  {
    let sealed = String(repeating: "QUJD/+", count: 20_000) + "=="
    let event = #"{"traits":{"email":"\#(sealed)"}}"#
    let path = #"{"@path":"$.traits.email"}"#
    for value in [
      path, #"{"@template":"{{traits.email}}"}"#, #"{"@time":\#(path),"as":"seconds"}"#,
      #"{"@if":{"exists":\#(path),"then":\#(path)}}"#,
    ] {
      #expect(try Self.map(#"{"e":\#(value)}"#, event) == #"{"e":"\#(sealed)"}"#)
    }
    #expect(
      try Self.map(#"{"@merge":[{"@path":"$.traits"},{"a":1}]}"#, event)
        == #"{"email":"\#(sealed)","a":1}"#)
  }

  @Test func `kinds without a table, and what is no JSON, make nothing`() throws {
    let mapping = try EventMapping(Array(#"{"track":{"a":1}}"#.utf8))
    #expect(mapping.kinds == ["track"])
    var mapper = EventMapper(mapping)
    var out: [UInt8] = [1]
    let event = Array("{}".utf8)
    for kind: UInt32 in [0, 1, 3, 6, 7, .max] {
      let result = unsafe mapper.map(event.span.bytes, kind: kind, appendingTo: &out)
      #expect(result == .noTable)
    }
    for bytes in [[], Array("{".utf8), [0xFF], Array("{}{}".utf8)] {
      let result = unsafe mapper.map(bytes.span.bytes, kind: 2, appendingTo: &out)
      #expect(result == .notJSON)
    }
    #expect(out == [1])
  }

  @Test func `one mapper makes of each event what is its own`() throws {
    let mapping = try EventMapping(Array(#"{"track":{"a":{"@path":"$.a"},"b":2}}"#.utf8))
    var mapper = EventMapper(mapping)
    var out: [UInt8] = []
    for event in [#"{"a":1}"#, "{", "{}", #"{"a":"x"}"#] {
      let bytes = Array(event.utf8)
      _ = unsafe mapper.map(bytes.span.bytes, kind: 2, appendingTo: &out)
    }
    #expect(String(decoding: out, as: UTF8.self) == #"{"a":1,"b":2}{"b":2}{"a":"x","b":2}"#)
  }

  @Test func `tables of another mapping take the place of those of the same kind`() throws {
    let base = Array(#"{"track":{"a": 1},"page":{"b":2}}"#.utf8)
    let text = EventMapping.text(base, overriddenBy: Array(#" {"page" : {"c": 3.0}} "#.utf8))
    #expect(try EventMapping(text).kinds == ["track", "page"])
    #expect(
      String(decoding: text, as: UTF8.self)
        == "{\n  \"track\": {\"a\": 1},\n  \"page\": {\"c\": 3.0}\n}\n")
  }
}
