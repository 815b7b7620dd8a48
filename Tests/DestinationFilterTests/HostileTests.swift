import DestinationFilter
import Testing

@Suite struct HostileTests {
  @Test func `a statement of a megabyte is refused before it is read`() {
    let long = "x = '" + String(repeating: "a", count: 1_048_576) + "'"
    let error = #expect(throws: FilterError.self) { try FilterStatement(long) }
    #expect(
      error?.description == "column 1: it is longer than 16384 bytes. Make several filters of it.")
  }

  @Test(arguments: ["(", "!", "[", "bool("])
  func `nesting has its limit`(opening: String) throws {
    for depth in [65, 3000] {
      let error = #expect(throws: FilterError.self) {
        try FilterStatement("x = y or " + String(repeating: opening, count: depth))
      }
      #expect(error?.reason.hasPrefix("more than 64 brackets") == true || opening == "[")
      #expect(error != nil)
    }
    _ = try FilterStatement(
      String(repeating: "(", count: 64) + "x" + String(repeating: ")", count: 64))
  }

  @Test func `a long chain is no deep one`() throws {
    let chain = (0..<900).map { "a.\($0) = 1" }.joined(separator: " or ")
    #expect(try evaluate(chain, #"{"a":{"899":1}}"#))
  }

  @Test func `a pattern made to be slow is not`() throws {
    let text = String(repeating: "a", count: 32_000)
    let pattern = String(repeating: "*a", count: 500) + "b"
    #expect(try !evaluate("match(x, '\(pattern)')", #"{"x":"\#(text)"}"#))
    #expect(try evaluate("match(x, '*a*a*a*')", #"{"x":"\#(text)"}"#))
    let event = #"{"x":"\#(text)","p":"\#(text.prefix(15_000))b"}"#
    #expect(try !evaluate("contains(x, p)", event))
    #expect(try !evaluate("match(x, p)", event))
  }

  @Test func `a search finds what stands there, long or short`() throws {
    var random = SplitMix(state: 5)
    for _ in 0..<3000 {
      let whole = (0..<random.below(120)).map { _ in random.pick(["a", "b"]) }.joined()
      let start = random.below(whole.count + 1)
      let part =
        random.below(3) == 0
        ? (0..<random.below(50)).map { _ in random.pick(["a", "b"]) }.joined()
        : String(whole.dropFirst(start).prefix(random.below(60)))
      let event = #"{"w":"\#(whole)","p":"\#(part)"}"#
      let found = part.isEmpty || whole.ranges(of: part).isEmpty == false
      #expect(try evaluate("contains(w, p)", event) == found, "\(whole) \(part)")
    }
  }

  @Test func `any text is taken or refused, never worse`() {
    var random = SplitMix(state: 77)
    let pieces = [
      "a", ".", "'", "\"", "\\", "(", ")", "[", "]", "!", "=", "and", " ", "\0", "é", "1", "-",
      "match(", ",", "\u{10FFFF}",
    ]
    for _ in 0..<20_000 {
      let text = (0..<random.below(14)).map { _ in random.pick(pieces) }.joined()
      guard
        let error = #expect(
          throws: (any Error).self,
          performing: { () throws -> Void in
            _ = try FilterStatement(text)
            throw Taken()
          }) as? FilterError
      else { continue }
      #expect((1...text.unicodeScalars.count + 1).contains(error.column), "\(text)")
    }
  }

  private struct Taken: Error {}
}
