import Testing

@testable import HTTPWire

@Suite struct RequestTests {
  @Test func `a request is read with its fields in order and its body`() throws {
    let text =
      "POST /v1/batch?x=1 HTTP/1.1\r\nHost: api.example.com\r\nX-A:  one \t\r\nx-a:two\r\n"
      + "Content-Length: 5\r\n\r\nhelloGET "
    let reading = try Reading.request(text.bytes)
    #expect(reading.first == "POST /v1/batch?x=1 HTTP/1.1")
    #expect(
      reading.fields == [
        HTTPField("host", "api.example.com"), HTTPField("x-a", "one"), HTTPField("x-a", "two"),
        HTTPField("content-length", "5"),
      ])
    #expect(reading.body == "hello".bytes)
    #expect(reading.length == text.utf8.count - 4)
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func `the pieces in which a message comes do not matter`(step: Int) throws {
    let text =
      "\r\nPUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      + "4;name=\"v\"\r\nWiki\r\n20\r\npedia in chunks, thirty-two byte\r\n0\r\nX-T: 1\r\n\r\n"
    #expect(try Reading.request(text.bytes, by: step) == Reading.request(text.bytes))
    #expect(try Reading.request(text.bytes).body.count == 36)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let error: WireError
    var testDescription: String { "\(error): \(text.debugDescription.prefix(60))" }

    /// `lines` stand behind a sound request line and a Host.
    init(_ lines: String, _ error: WireError) {
      text = "GET / HTTP/1.1\r\nHost: a\r\n\(lines)"
      self.error = error
    }

    init(whole text: String, _ error: WireError) {
      self.text = text
      self.error = error
    }
  }

  @Test(arguments: [
    // Smuggling: two lengths.
    Refusal("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .bothLengths),
    Refusal("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", .bothLengths),
    Refusal("Content-Length: 5\r\nContent-Length: 5\r\n\r\n", .contentLengthRepeated),
    Refusal("Content-Length: 5\r\nContent-Length: 6\r\n\r\n", .contentLengthRepeated),
    Refusal("Content-Length: 5, 5\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: +5\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: -5\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: 0x5\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: 5 5\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length:\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: 99999999999999999999\r\n\r\n", .contentLengthMalformed),
    Refusal("Content-Length: 1048577\r\n\r\n", .bodyTooLong),
    // Smuggling: encodings.
    Refusal("Transfer-Encoding: gzip, chunked\r\n\r\n", .transferEncodingUnsupported),
    Refusal("Transfer-Encoding: identity\r\n\r\n", .transferEncodingUnsupported),
    Refusal("Transfer-Encoding: xchunked\r\n\r\n", .transferEncodingUnsupported),
    Refusal("Transfer-Encoding: chunked, chunked\r\n\r\n", .transferEncodingUnsupported),
    Refusal(
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      .transferEncodingUnsupported),
    Refusal("Transfer-Encoding: \"chunked\"\r\n\r\n", .transferEncodingUnsupported),
    Refusal(
      whole: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingUnsupported),
    // Smuggling: lines.
    Refusal("X: 1\nY: 2\r\n\r\n", .bareLineFeed),
    Refusal("\n", .bareLineFeed),
    Refusal(whole: "GET / HTTP/1.1\nHost: a\n\n", .bareLineFeed),
    Refusal("X: 1\rY: 2\r\n\r\n", .bareCarriageReturn),
    Refusal("X: 1\r\r\n\r\n", .bareCarriageReturn),
    Refusal("X: 1\r\n folded\r\n\r\n", .fieldFolded),
    Refusal("X: 1\r\n\tfolded\r\n\r\n", .fieldFolded),
    Refusal("Content-Length : 5\r\n\r\n", .fieldNameMalformed),
    Refusal("Content-Length\t: 5\r\n\r\n", .fieldNameMalformed),
    Refusal("X 1\r\n\r\n", .fieldNameMalformed),
    Refusal(": 1\r\n\r\n", .fieldNameMalformed),
    Refusal("X\u{0}: 1\r\n\r\n", .fieldNameMalformed),
    Refusal("É: 1\r\n\r\n", .fieldNameMalformed),
    Refusal("(x): 1\r\n\r\n", .fieldNameMalformed),
    Refusal("X: a\u{0}b\r\n\r\n", .fieldValueMalformed),
    Refusal("X: a\u{1B}b\r\n\r\n", .fieldValueMalformed),
    Refusal("X: a\u{7F}\r\n\r\n", .fieldValueMalformed),
    // The host.
    Refusal("Host: b\r\n\r\n", .hostRepeated),
    Refusal(whole: "GET / HTTP/1.1\r\nX: 1\r\n\r\n", .hostMissing),
    // The first line.
    Refusal(whole: "GET  / HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET /  HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: " GET / HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET\t/ HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET /\r\n", .startLineMalformed),
    Refusal(whole: "GET / HTTP/1.1 \r\n", .startLineMalformed),
    Refusal(whole: "GET / http/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET /a b HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET /é HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "G{}T / HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "\r\n\r\nGET / HTTP/1.1\r\n", .startLineMalformed),
    Refusal(whole: "GET / HTTP/2.0\r\n", .versionUnsupported),
    Refusal(whole: "GET / HTTP/1.2\r\n", .versionUnsupported),
    Refusal(whole: "GET / HTTP/1.10\r\n", .startLineMalformed),
    Refusal(whole: "\u{16}\u{3}\u{1}\u{0}\u{1}\r\n", .startLineMalformed),
    Refusal(whole: "", .truncated),
    Refusal(whole: "GET / HTTP/1.1\r\nHost: a\r\n", .truncated),
  ])
  func `what two readers could read differently is refused, however it comes`(
    refusal: Refusal
  ) {
    for step in [1, .max] {
      #expect(throws: refusal.error) { try Reading.request(refusal.text.bytes, by: step) }
    }
  }

  @Test(arguments: [
    ("5\r\nhello0\r\n\r\n", WireError.chunkMalformed),
    ("5 \r\nhello\r\n0\r\n\r\n", .chunkMalformed),
    (" 5\r\nhello\r\n0\r\n\r\n", .chunkMalformed), ("0x5\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
    ("+5\r\nhello\r\n0\r\n\r\n", .chunkMalformed), ("-1\r\n\r\n", .chunkMalformed),
    ("\r\n\r\n", .chunkMalformed), (";x\r\nhello\r\n", .chunkMalformed),
    ("5\nhello\r\n0\r\n\r\n", .bareLineFeed), ("5\r\nhello\n0\r\n\r\n", .chunkMalformed),
    ("5;a\rb\r\nhello\r\n", .bareCarriageReturn), ("5;a\u{0}\r\nhello\r\n", .chunkMalformed),
    ("fffffffffffffff\r\n", .bodyTooLong), ("ffffffffffffffff\r\n", .chunkMalformed),
    ("10000000000000005\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
    ("000000000000000005\r\nhello\r\n0\r\n\r\n", .chunkMalformed),
    ("5\r\nhello\r\n0\r\nX : 1\r\n\r\n", .fieldNameMalformed),
    ("5\r\nhello\r\n0\r\n folded\r\n\r\n", .fieldFolded),
    ("5\r\nhel", .truncated), ("5\r\nhello\r\n", .truncated), ("5\r\nhello\r\n0\r\n", .truncated),
    ("5;" + String(repeating: "x", count: 300), .chunkMalformed),
    ("100001\r\n", .bodyTooLong),
  ])
  func `a chunked body that is not one is refused`(body: String, error: WireError) {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    for step in [1, .max] {
      #expect(throws: error) { try Reading.request((head + body).bytes, by: step) }
    }
  }

  @Test func `a body of chunks ends at its limit though each chunk is within it`() {
    var limits = WireLimits()
    limits.body = 8
    let text =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n4\r\nmore\r\n0\r\n\r\n"
    #expect(throws: WireError.bodyTooLong) { try Reading.request(text.bytes, limits) }
  }

  @Test(arguments: [
    (WireError.startLineTooLong, "GET /" + String(repeating: "a", count: 9000)),
    (.lineTooLong, "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 9000)),
    (.tooManyFields, "GET / HTTP/1.1\r\n" + String(repeating: "X: 1\r\n", count: 101)),
    (
      .headTooLong,
      "GET / HTTP/1.1\r\n"
        + String(repeating: "X: \(String(repeating: "b", count: 4000))\r\n", count: 9)
    ),
  ])
  func `what is too long is refused before it ends`(error: WireError, text: String) {
    for step in [1, 1000, .max] {
      #expect(throws: error) { try Reading.request(text.bytes, by: step) }
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n", false),
    ("GET / HTTP/1.0\r\n\r\n", false), ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true),
  ])
  func `the connection lives on where both sides want it`(text: String, isKept: Bool) throws {
    #expect(try RequestParser.head(of: text.bytes)?.persists == isKept)
  }

  @Test(arguments: [
    (WireError.startLineTooLong, 414), (.lineTooLong, 431), (.tooManyFields, 431),
    (.headTooLong, 431), (.versionUnsupported, 505), (.transferEncodingUnsupported, 501),
    (.bodyTooLong, 413), (.bothLengths, 400), (.bareLineFeed, 400),
  ])
  func `a refusal has its status`(error: WireError, status: Int) {
    #expect(error.status == status)
    #expect(!error.description.isEmpty)
  }
}
