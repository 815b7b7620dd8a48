import Testing

@testable import HTTPWire

@Suite struct AnswerTests {
  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "GET", "hi"),
    ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", "GET", "hi"),
    ("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", "GET", "hi"),
    ("HTTP/1.1 200 OK\r\n\r\nto the end", "GET", "to the end"),
    ("HTTP/1.0 200 OK\r\n\r\nto the end", "POST", "to the end"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", ""),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", "GET", ""),
    ("HTTP/1.1 304 Not Modified\r\n\r\n", "GET", ""),
    ("HTTP/1.1 503 Überlastet\r\nContent-Length: 0\r\n\r\n", "GET", ""),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "GET", "hi"),
  ])
  func `an answer is read as its head says`(text: String, method: String, body: String) throws {
    for step in [1, 3, .max] {
      let reading = try Reading.answer(text.bytes, to: method, by: step)
      #expect(reading.body == body.bytes)
    }
  }

  @Test(arguments: [
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      WireError.bothLengths
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      .contentLengthRepeated
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", .truncated),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .transferEncodingUnsupported),
    ("HTTP/1.1 99 Low\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1 600 High\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1 2000 OK\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1 20 OK\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1  200 OK\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1 2x0 OK\r\n\r\n", .startLineMalformed),
    ("HTTP/1.1 200 O\u{0}K\r\n\r\n", .startLineMalformed),
    ("SSH-2.0-OpenSSH_9.2\r\n", .startLineMalformed),
    ("HTTP/2 200 OK\r\n\r\n", .startLineMalformed),
    ("HTTP/3.0 200 OK\r\n\r\n", .versionUnsupported),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", .startLineMalformed), ("HTTP/1.1 200 OK\n\n", .bareLineFeed),
    ("HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n", .fieldFolded),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", .bodyTooLong),
  ])
  func `an answer that is none is refused`(text: String, error: WireError) {
    for step in [1, .max] {
      #expect(throws: error) { try Reading.answer(text.bytes, by: step) }
    }
  }

  @Test func `an answer without a length is refused beyond the limit`() {
    var limits = WireLimits()
    limits.body = 100
    let text = "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101)
    #expect(throws: WireError.bodyTooLong) { try Reading.answer(text.bytes, by: 10, limits) }
  }
}
