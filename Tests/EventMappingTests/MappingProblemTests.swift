import Testing

@testable import EventMapping

/// What is said of a mapping that is none.
struct MappingProblemTests {
  private func problems(_ text: String) -> [String] {
    do throws(MappingError) {
      _ = try EventMapping(Array(text.utf8))
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test(arguments: [
    ("", "line 1: it is not JSON: the text is empty. Mend the text there."),
    (
      "{\n  \"track\": {\n}",
      "line 3: it is not JSON: the text ends inside a value. Mend the text there."
    ),
    ("[]", #"line 1: it is no object. Write {"track": {…}}, one member for each kind of event."#),
    ("{}", #"line 1: it has no table. Write {"track": {…}}, one member for each kind of event."#),
    (
      #"{"Track":{"a":1}}"#,
      "Track, line 1: there are no such events. Write one of identify, track, page, screen, group, alias."
    ),
    (
      #"{"track":null}"#,
      "track, line 1: it is no object. Write what the destination shall get; to send it none of these events, use a filter."
    ),
    (#"{"track":{"a":1,"a":2}}"#, "track.a, line 1: it stands there twice. Keep one."),
    (#"{"track":{"a":1},"track":{"a":1}}"#, "track, line 1: it stands there twice. Keep one."),
    (
      #"{"track":{"a":{"@path":"b"}}}"#,
      #"track.a.@path, line 1: it is no path. Write "$.properties.plan", or "$" for the whole."#
    ),
    (
      #"{"track":{"a":{"@path":"$.a..b"}}}"#,
      #"track.a.@path, line 1: it is no path. Write "$.properties.plan", or "$" for the whole."#
    ),
    (
      #"{"track":{"a":{"@path":7}}}"#,
      #"track.a.@path, line 1: it is no path. Write "$.properties.plan", or "$" for the whole."#
    ),
    (
      #"{"track":{"a":{"@pth":"$.b"}}}"#,
      "track.a.@pth, line 1: there is no such directive. Write one of @path, @template, @if, @time, @merge, @omit, @arrayPath, @literal, or put it into @literal."
    ),
    (
      #"{"track":{"a":{"@path":"$.b","x":1}}}"#,
      #"track.a.x, line 1: @path takes no such member. Beside it may stand "else"."#
    ),
    (
      #"{"track":{"a":{"@template":"{{a"}}}"#,
      "track.a.@template, line 1: a {{ has no path or no }} behind it. Write {{properties.plan}}."
    ),
    (
      #"{"track":{"a":{"@time":{"@path":"$.b"}}}}"#,
      #"track.a.@time, line 1: its "as" is no form of a time. Write one of seconds, milliseconds, microseconds."#
    ),
    (
      #"{"track":{"a":{"@if":{"exists":1}}}}"#,
      #"track.a.@if, line 1: it asks nothing, or has no answer. Write {"exists": X, "then": Y, "else": Z}, or blank for exists."#
    ),
    (
      #"{"track":{"a":{"@if":{"exists":1,"than":1,"else":2}}}}"#,
      "track.a.@if.than, line 1: @if takes no such member. It takes exists or blank, then and else."
    ),
    (
      #"{"track":{"@merge":{"@path":"$.a"}}}"#,
      #"track.@merge, line 1: it is no list of objects. Write [{"@path": "$.traits"}, {…}]."#
    ),
    (
      #"{"track":{"@merge":[1]}}"#,
      "track.@merge.0, line 1: it is no object. Write an object or a directive."
    ),
    (
      #"{"track":{"@omit":"a","from":{"@path":"$.p"}}}"#,
      #"track.@omit, line 1: it is no list of names. Write ["email", "phone"]."#
    ),
    (
      #"{"track":{"@omit":["a"]}}"#,
      #"track.@omit, line 1: there is no "from". Write the object: "from": {"@path": "$.traits"}."#
    ),
    (
      #"{"track":{"a":{"@arrayPath":["$.p"]}}}"#,
      #"track.a.@arrayPath, line 1: it is no path and value. Write ["$.properties.products", {…}]."#
    ),
  ])
  func `a mapping is refused with the place and the mend`(text: String, problem: String) {
    #expect(problems(text) == [problem])
  }

  @Test func `everything that is wrong is told at once, each with its line`() {
    let text = """
      {
        "track": {"a": {"@path": "x"}, "b": [1, {"@time": 1, "as": "days"}]},
        "pages": {},
        "group": []
      }
      """
    #expect(
      problems(text).map { String($0.prefix { $0 != ":" }) } == [
        "track.a.@path, line 2", "track.b.1.@time, line 2", "pages, line 3", "group, line 4",
      ])
  }

  @Test func `a mapping nested without end is refused, not followed`() {
    let deep = String(repeating: #"{"a":"#, count: 60) + "1" + String(repeating: "}", count: 60)
    #expect(
      problems(#"{"track":\#(deep)}"#).map {
        $0.hasSuffix("it is nested deeper than 32. Make it flatter.")
      } == [true])
    let deeper = String(repeating: "[", count: 100_000)
    #expect(problems(#"{"track":{"a":\#(deeper)"#).count == 1)
  }

  @Test
  func `a mapping that was cut off or changed in one bit is refused or read, and nothing else`() {
    let text = Array(
      #"{"track":{"a":{"@path":"$.b","else":"x"},"t":{"@time":{"@path":"$.t"},"as":"seconds"}}}"#
        .utf8)
    for length in text.indices { #expect((try? EventMapping(Array(text[..<length]))) == nil) }
    let event = Array(#"{"b":"c","t":"2026-11-25T12:30:00Z"}"#.utf8)
    for bit in 0..<text.count * 8 {
      var changed = text
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let mapping = try? EventMapping(changed) else { continue }
      var mapper = EventMapper(mapping)
      var out: [UInt8] = []
      _ = unsafe mapper.map(event.span.bytes, kind: 2, appendingTo: &out)
    }
  }
}
