import DestinationFilter
import EventJSON
import Testing

@Suite struct FilterChainsTests {
  private static let event = """
    {"type":"track","event":"Visit","userId":"u1","messageId":"m1","properties":{"plan":"free",\
    "price":1,"deep":{"a":1,"b":2}},"context":{"ip":"192.0.2.1","page":{"url":"x"}}}
    """

  @Test func `an event that no statement is true of goes on as it is`() throws {
    #expect(try verdict([("a", "event = 'Other'", .drop)]) == .send)
    #expect(try verdict([]) == .send)
  }

  @Test func `the first that drops ends it`() throws {
    #expect(
      try verdict([("a", "type = 'track'", .drop), ("b", "true", .remove(["properties.plan"]))])
        == .dropped)
  }

  @Test(arguments: [
    (
      FilterAction.remove(["properties.plan"]),
      #""properties":{"price":1,"deep":{"a":1,"b":2}},"context""#
    ),
    (
      .remove(["properties.deep.a", "context.ip"]),
      #""properties":{"plan":"free","price":1,"deep":{"b":2}},"context":{"page":{"url":"x"}}}"#
    ),
    (.remove(["properties.deep", "properties.deep.a"]), #"{"plan":"free","price":1},"context""#),
    (
      .remove(["properties.none", "traits.email"]),
      #""price":1,"deep":{"a":1,"b":2}},"context":{"ip""#
    ),
    (.remove(["properties.plan.x"]), #""plan":"free""#),
    (.only(["properties.plan"]), #""properties":{"plan":"free"},"context":{"ip":"192.0.2.1""#),
    (
      .only(["properties.deep.b", "context.page"]),
      #""properties":{"deep":{"b":2}},"context":{"page":{"url":"x"}}}"#
    ),
    (.only(["properties.plan.x"]), #""properties":{},"context":{"ip""#),
    (.only(["traits.email"]), #""properties":{"plan":"free","price":1,"deep""#),
  ])
  func `properties are kept or removed by their paths`(action: FilterAction, part: String) throws {
    let text = try sent([("a", "true", action)])
    #expect(text.contains(part), "\(text)")
    #expect(text.hasPrefix(#"{"type":"track","event":"Visit","userId":"u1","messageId":"m1","#))
  }

  @Test func `every statement is about the event as it was accepted`() throws {
    let text = try sent([
      ("a", "true", .remove(["properties.plan"])),
      ("b", "properties.plan = 'free'", .remove(["properties.price"])),
    ])
    #expect(text.contains(#""properties":{"deep":{"a":1,"b":2}}"#))
  }

  @Test func `what a key names twice goes twice, however the key is written`() throws {
    let event = """
      {"type":"track","event":"V","userId":"u","messageId":"m","properties":{"email":1,"x":2,\
      "\\u0065mail":3,"email":{"a":[{"email":4}]}}}
      """
    let text = try sent([("a", "true", .remove(["properties.email"]))], event)
    #expect(text.hasSuffix(#""properties":{"x":2}}"#))
  }

  @Test func `several destinations have their own`() throws {
    var chains = FilterChains(
      try [
        [("a", "event = 'Visit'", .drop)], [], [("b", "type = 'page'", .drop)],
      ].map { try $0.map(filter) })
    let isEmpty = chains.isEmpty
    #expect(!isEmpty)
    let bytes = Array(Self.event.utf8)
    var scanner = EventScanner(selecting: KeySelection([]))
    let span = unsafe bytes.span.bytes
    _ = scanner.scan(span)
    chains.read(span)
    #expect(chains.verdict(for: 0, span, scanner.shape) == .dropped)
    #expect(chains.verdict(for: 1, span, scanner.shape) == .send)
    #expect(chains.verdict(for: 2, span, scanner.shape) == .send)
  }

  @Test(arguments: [
    (
      FilterAction.drop, "event =",
      "its statement, column 8: the statement ends where a value is missing."
    ),
    (.sample(percent: 101, by: .event), "true", "a percentage is a number from 0 to 100."),
    (.sample(percent: .nan, by: .event), "true", "a percentage is a number from 0 to 100."),
    (.only([]), "true", "it names no property."),
    (.remove(["email"]), "true", "\"email\" names no property."),
    (.remove(["userId"]), "true", "\"userId\" names no property."),
    (.remove(["properties"]), "true", "\"properties\" names no property."),
    (.remove(["properties.a b"]), "true", "\"properties.a b\" names no property."),
    (.remove([" properties.a"]), "true", "\" properties.a\" names no property."),
  ])
  func `a filter that is none is refused`(action: FilterAction, statement: String, text: String) {
    let fault = #expect(throws: FilterFault.self) { try filter(("f", statement, action)) }
    #expect(fault?.description.hasPrefix(text) == true, "\(fault?.description ?? "")")
  }

  @Test func `a list of paths is cut at its commas, but not at an escaped one`() {
    #expect(FilterPath.list(#"properties.a,traits.b\,c"#) == ["properties.a", #"traits.b\,c"#])
    #expect(FilterPath.keys(#"traits.b\,c.d\.e"#) == ["traits", "b,c", "d.e"])
  }

  // MARK: - Samples

  @Test func `the hash of an id never changes`() {
    #expect(Sample.hash("".utf8) == 0xEFD0_1F60_BA99_2926)
    #expect(Sample.hash("user-1".utf8) == 0x41A2_FCA5_C684_01C5)
  }

  @Test func `a sample has its size, and a smaller one lies within it`() {
    let ids = (0..<20_000).map { "user-\($0)" }
    let ten = ids.filter { Sample(percent: 10).holds($0.utf8) }
    let half = Set(ids.filter { Sample(percent: 50).holds($0.utf8) })
    #expect((1_850...2_150).contains(ten.count))
    #expect((9_800...10_200).contains(half.count))
    #expect(ten.allSatisfy(half.contains))
    #expect(!ids.contains { Sample(percent: 0).holds($0.utf8) })
    #expect(ids.allSatisfy { Sample(percent: 100).holds($0.utf8) })
  }

  @Test func `a user is in or out with all events, an event for itself`() throws {
    for (unit, isTogether) in [(SampleUnit.user, true), (.event, false)] {
      let verdicts = try (0..<50).map { number in
        try verdict(
          [("s", "true", .sample(percent: 50, by: unit))],
          #"{"type":"page","anonymousId":7,"messageId":"m\#(number)"}"#)
      }
      #expect((Set(verdicts.map { $0 == .send }).count == 1) == isTogether)
    }
  }

  // MARK: - Parts

  private func filter(
    _ parts: (String, String, FilterAction)
  ) throws -> CompiledFilter {
    try CompiledFilter(EventFilter(name: parts.0, condition: parts.1, action: parts.2))
  }

  private func verdict(
    _ filters: [(String, String, FilterAction)], _ event: String = FilterChainsTests.event
  ) throws -> FilterChains.Verdict {
    var chains = FilterChains([try filters.map(filter)])
    let bytes = Array(event.utf8)
    var scanner = EventScanner(selecting: KeySelection([]))
    let span = unsafe bytes.span.bytes
    #expect(scanner.scan(span) == nil)
    chains.read(span)
    return chains.verdict(for: 0, span, scanner.shape)
  }

  private func sent(
    _ filters: [(String, String, FilterAction)], _ event: String = FilterChainsTests.event
  ) throws -> String {
    guard case .reduced(let bytes) = try verdict(filters, event) else { return "not reduced" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
