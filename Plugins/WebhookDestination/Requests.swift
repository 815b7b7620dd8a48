internal import DestinationKit

/// The requests that a batch becomes: which events each carries, its header fields, its body.
struct Requests {
  private let settings: Settings
  /// Where each event lies in the batch's NDJSON.
  private let lines: [Range<Int>]
  private let ids: [String]

  init(_ batch: borrowing Batch, _ settings: Settings) {
    self.settings = settings
    var lines: [Range<Int>] = []
    var ids: [String] = []
    var start = 0
    let isSingle = settings.form == .single
    batch.forEachEvent { event in
      let end = start + event.withJSON { $0.byteCount }
      lines.append(start..<end)
      if isSingle { ids.append(event.id) }
      start = end + 1
    }
    self.lines = lines
    self.ids = ids
  }

  func byteCount(of event: Int) -> Int { lines[event].count }

  /// The request for these events at this time.
  func request(for events: Range<Int>, unixSeconds: Int64) -> HTTPRequest {
    var headers = [
      HTTPHeader(
        "Content-Type", settings.form == .ndjson ? "application/x-ndjson" : "application/json")
    ]
    headers += settings.headers
    if settings.isSigned {
      headers.append(
        HTTPHeader(
          "X-Sealpost-Signature",
          "t=\(unixSeconds),v1={{hmac-sha256:signing_key:hex:\(unixSeconds).}}"))
    }
    // The same at every attempt, so the host may repeat the request itself, and the receiver knows it again.
    if settings.form == .single, let id = ids[events.lowerBound].asHeaderValue {
      headers.append(HTTPHeader("Idempotency-Key", id))
    }
    return HTTPRequest(
      settings.method, url: settings.url, headers: headers, timeout: settings.timeout)
  }

  /// Calls `send` with the body of the request; of NDJSON nothing is copied.
  func withBody<Result>(
    of events: Range<Int>, in batch: borrowing Batch, _ send: (RawSpan) throws -> Result
  ) throws -> Result {
    try batch.withNDJSON { (ndjson) throws in
      let whole = lines[events.lowerBound].lowerBound..<lines[events.upperBound - 1].upperBound
      guard settings.form == .array else { return try send(ndjson.extracting(whole)) }
      var body: [UInt8] = []
      body.reserveCapacity(whole.count + 2)
      body.append(UInt8(ascii: "["))
      unsafe ndjson.extracting(whole).withUnsafeBytes { unsafe body.append(contentsOf: $0) }
      // Between two events stands one line feed: its place becomes a comma.
      for index in events.dropLast() {
        body[lines[index].upperBound - whole.lowerBound + 1] = UInt8(ascii: ",")
      }
      body.append(UInt8(ascii: "]"))
      return try unsafe send(body.span.bytes)
    }
  }
}

extension String {
  /// The text where it may stand in a header field; a messageId is anybody's text.
  fileprivate var asHeaderValue: String? {
    let isPlain = utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "{") }
    return isPlain && (1...255).contains(utf8.count) ? self : nil
  }
}
