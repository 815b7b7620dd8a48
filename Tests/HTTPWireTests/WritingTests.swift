import Testing

@testable import HTTPWire

@Suite struct WritingTests {
  @Test func `a head is written as it is read`() throws {
    let head = RequestHead(
      RequestLine(method: "POST", target: "/in?a=b%20c"),
      HTTPFields([HTTPField("host", "example.com"), HTTPField("x-note", "a  b\tc: d")]))
    let written = try head.written()
    #expect(try RequestParser.head(of: written) == head)
    #expect(
      String(decoding: written, as: UTF8.self).hasPrefix("POST /in?a=b%20c HTTP/1.1\r\nhost: "))
  }

  @Test func `an answer's head is written as it is read`() throws {
    let head = ResponseHead(StatusLine(429), HTTPFields([HTTPField("retry-after", "3")]))
    #expect(try ResponseParser.head(of: try head.written()) == head)
  }

  @Test(arguments: [
    "a\r\nX-Injected: 1", "a\nb", "a\rb", "a\u{0}b", " a", "a ", "\ta", "a\u{7F}",
    "a\r\n\r\nGET / ",
  ])
  func `no value breaks out of its line`(value: String) {
    #expect(throws: WireError.self) { try Self.head(field: HTTPField("x", value)).written() }
  }

  @Test(arguments: ["", "a b", "a:", "a\r\n", "é", "a(", "a\u{0}"])
  func `no name breaks out of its place`(name: String) {
    #expect(throws: WireError.self) { try Self.head(field: HTTPField(name, "1")).written() }
  }

  @Test(arguments: [
    ("GET", "/a b"), ("GET", "/a\r\nHost: b"), ("GET", ""), ("GET", "/é"), ("GET", "/\u{0}"),
    ("G T", "/"), ("", "/"), ("GET\r\n", "/"),
  ])
  func `no method or target breaks out of the first line`(method: String, target: String) {
    #expect(throws: WireError.self) {
      try RequestHead(RequestLine(method: method, target: target), HTTPFields()).written()
    }
  }

  @Test func `what cannot be written says why, without the value`() {
    #expect {
      try Self.head(field: HTTPField("x-key", "hush\r\nhush")).written()
    } throws: {
      "\($0)".contains("x-key") && "\($0)".contains("line break") && !"\($0)".contains("hush")
    }
  }

  @Test func `chunks are written as they are read`() throws {
    let pieces = ["Wiki", String(repeating: "p", count: 300), "a"].map(\.bytes)
    let body = pieces.flatMap { Chunk.line($0.count) + $0 + Chunk.end } + Chunk.last
    let decoded = try BodyDecoder.body(of: body, .chunked)
    #expect(decoded.isComplete)
    #expect(decoded.length == body.count)
    #expect(decoded.body == pieces.flatMap { $0 })
  }

  private static func head(field: HTTPField) -> RequestHead {
    RequestHead(RequestLine(method: "GET", target: "/"), HTTPFields([field]))
  }
}
