internal import DestinationKit

/// The requests that a batch becomes: their header fields; their bodies are the batch's own events.
struct Requests {
  private let settings: Settings
  /// Of each event, where requests carry one.
  private let ids: [String]

  init(_ batch: borrowing Batch, _ settings: Settings) {
    self.settings = settings
    var ids: [String] = []
    if settings.form == .single { batch.forEachEvent { ids.append($0.id) } }
    self.ids = ids
  }

  /// The request for these events at this time.
  func request(for events: Range<Int>, unixSeconds: Int64) -> HTTPRequest {
    var headers = [
      HTTPHeader(
        "Content-Type", settings.form == .ndjson ? "application/x-ndjson" : "application/json")
    ]
    if settings.isCompressed { headers.append(HTTPHeader("Content-Encoding", "{{gzip}}")) }
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
}

extension String {
  /// The text where it may stand in a header field; a messageId is anybody's text.
  fileprivate var asHeaderValue: String? {
    let isPlain = utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "{") }
    return isPlain && (1...255).contains(utf8.count) ? self : nil
  }
}
