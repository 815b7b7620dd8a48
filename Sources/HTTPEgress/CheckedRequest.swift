internal import Gzip
internal import HTTP2
internal import HTTPWire

/// A request that may go out: its URL is allowed, its head can be written, its placeholders are filled.
struct CheckedRequest {
  let url: HTTPURL
  let method: String
  let fields: [HTTPField]
  /// Those of `fields` that go to the first origin only, as they were before they were filled.
  private let confidential: Set<String>
  /// Whether the body holds a secret, and so goes to no other origin.
  private let bodyIsConfidential: Bool
  let body: ArraySlice<UInt8>
  /// The head as it goes out over HTTP/1.1.
  let head: [UInt8]

  /// Whether it may be sent twice (RFC 9110, section 9.2.2); an idempotency key says the same of any method.
  var isRepeatable: Bool {
    ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(method)
      || fields.contains { HTTPFields.isSame($0.name, "idempotency-key") }
  }

  init(_ request: EgressRequest, _ rules: EgressRules) throws(EgressFailure) {
    let start = try BodyStart(request.fields, rules.secrets)
    let plain = start.bytes.isEmpty ? request.body : start.bytes + request.body
    let compressed = Placeholder.asksForGzip(request.fields) ? Gzip.encode(plain) : nil
    let body = compressed.map { $0[...] } ?? plain
    guard plain.count <= rules.longestRequestBody else {
      throw EgressFailure(.invalid, "the body is longer than \(rules.longestRequestBody) bytes")
    }
    guard !["CONNECT", "TRACE"].contains(request.method) else {
      throw EgressFailure(.invalid, "the method is one that makes no request")
    }
    let placeholder = Placeholder(secrets: rules.secrets, body: body)
    let url = try CheckedRequest.url(try placeholder.url(request.url))
    try rules.check(url)
    var fields: [HTTPField] = []
    var confidential: Set<String> = ["authorization", "cookie", "proxy-authorization"]
    for field in request.fields where !BodyStart.isName(field.name) {
      try CheckedRequest.check(field.name)
      guard field.value != Placeholder.gzip else {
        if compressed != nil { fields.append(HTTPField(field.name, "gzip")) }
        continue
      }
      if Placeholder.isIn(field.value) { confidential.insert(field.name.lowercased()) }
      guard !Placeholder.signsRequest(field.value) else { continue }
      fields.append(HTTPField(field.name, try placeholder.header(field.value)))
    }
    for field in request.fields where Placeholder.signsRequest(field.value) {
      let value = try placeholder.signature(field.value, request.method, url, fields)
      fields.append(HTTPField(field.name, value))
    }
    if !fields.contains(where: { HTTPFields.isSame($0.name, "user-agent") }) {
      fields.append(HTTPField("User-Agent", rules.userAgent))
    }
    try self.init(url, request.method, fields, confidential, body, start.hasSecret)
  }

  private init(
    _ url: HTTPURL, _ method: String, _ fields: [HTTPField], _ confidential: Set<String>,
    _ body: ArraySlice<UInt8>, _ bodyIsConfidential: Bool
  ) throws(EgressFailure) {
    (self.url, self.method, self.fields, self.confidential) = (url, method, fields, confidential)
    (self.body, self.bodyIsConfidential) = (body, bodyIsConfidential)
    let all = [HTTPField("Host", url.authority)] + fields + CheckedRequest.length(method, body)
    do throws(WireError) {
      head = try RequestHead(
        RequestLine(method: method, target: url.target), HTTPFields(all)
      ).written()
    } catch { throw EgressFailure(.invalid, "\(error)") }
  }

  /// The same over HTTP/2, where Host is `:authority`; what is checked for one is safe for the other.
  var http2: HTTP2Request {
    HTTP2Request(
      method: method, scheme: url.scheme.rawValue, authority: url.authority, path: url.target,
      fields: (fields + CheckedRequest.length(method, body)).map {
        HTTP2Request.Field(
          $0.name, $0.value, isSecret: confidential.contains($0.name.lowercased()))
      }, body: body)
  }

  /// How long the body is, where there is or might be one.
  private static func length(_ method: String, _ body: ArraySlice<UInt8>) -> [HTTPField] {
    body.isEmpty && !["POST", "PUT", "PATCH"].contains(method)
      ? [] : [HTTPField("Content-Length", "\(body.count)")]
  }

  /// The same request to where a redirect leads, or nil when that would be another request.
  ///
  /// To another origin nothing goes that only the first one is to know.
  func redirected(
    _ status: Int, to location: String, _ rules: EgressRules
  ) throws(EgressFailure) -> CheckedRequest? {
    // A POST that becomes a GET drops its body, and the page behind it would answer 200 (RFC 9110, 15.4).
    let keeps = status == 307 || status == 308 || method == "GET" || method == "HEAD"
    guard keeps else { return nil }
    let target: HTTPURL
    do throws(URLProblem) { target = try url.resolving(location) } catch {
      throw EgressFailure(.refused, "the redirect: \(error).")
    }
    guard url.scheme == .http || target.scheme == .https else {
      throw EgressFailure(
        .refused, "the redirect leads from https to http, which is never followed.")
    }
    do throws(EgressFailure) { try rules.check(target) } catch {
      throw EgressFailure(error.kind, "the redirect: \(error)")
    }
    guard target.origin == url.origin || !bodyIsConfidential else {
      throw EgressFailure(
        .refused, "the redirect leads to another origin, and the body holds a secret.")
    }
    let kept =
      target.origin == url.origin
      ? fields : fields.filter { !confidential.contains($0.name.lowercased()) }
    return try CheckedRequest(
      target, method, kept, confidential, body, bodyIsConfidential)
  }

  private static func url(_ text: String) throws(EgressFailure) -> HTTPURL {
    do throws(URLProblem) { return try HTTPURL(text) } catch {
      throw EgressFailure(.invalid, "\(error).")
    }
  }

  /// What decides where the message ends and what becomes of the connection is the host's.
  private static func check(_ name: String) throws(EgressFailure) {
    let own = [
      "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer",
      "upgrade", "expect", "proxy-connection",
    ]
    guard !own.contains(name.lowercased()) else {
      throw EgressFailure(.invalid, "the host writes the header field \(name.lowercased()) itself")
    }
  }
}
