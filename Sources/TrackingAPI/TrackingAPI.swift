internal import Cryptography
internal import EventJSON
internal import Glibc
internal import Gzip
package import HTTPListener
internal import HTTPWire

/// The Segment Tracking API as a service of a listener: proves the sender, reads the call, stamps its events.
///
/// It decides nothing about an event and keeps nothing; whoever takes the calls does. Nothing here waits.
package struct TrackingAPI: Sendable {
  /// Longest body, also after decompression (Segment's 500 KB).
  package static let longestBody = 500 << 10
  /// Longest event as it is sent (Segment's 32 KB).
  package static let longestEvent = 32 << 10

  /// Whether zlib is here.
  private let readsGzip: Bool
  private let proxies: TrustedProxies
  private let source: @Sendable (Substring.UTF8View) -> String?
  private let take: @Sendable (TrackingCall) -> Void

  /// - Parameters:
  ///   - source: the id of the source that a write key opens; nil for none. Called on the listener's threads.
  ///   - take: takes a call, and must not wait.
  package init(
    proxies: TrustedProxies = TrustedProxies(), readsGzip: Bool = Gzip.isAvailable,
    source: @escaping @Sendable (Substring.UTF8View) -> String?,
    take: @escaping @Sendable (TrackingCall) -> Void
  ) {
    self.proxies = proxies
    self.readsGzip = readsGzip
    self.source = source
    self.take = take
  }

  package var service: HTTPService {
    var service = HTTPService { handle($0, $1) }
    service.screen = { head, _ in screen(head) }
    service.refusal = { CallAnswer.refusal($0, $1) }
    return service
  }

  /// What the listener's limits have to be.
  package static func limit(_ limits: inout ListenerLimits) { limits.wire.body = longestBody }
}

// MARK: - Before the body

extension TrackingAPI {
  private func screen(_ head: RequestHead) -> HTTPAnswer? {
    guard TrackingEndpoint(HTTPRequest.path(of: head)) != nil else { return CallAnswer.notFound }
    switch head.start.method {
    case "POST": break
    case "OPTIONS": return CallAnswer.preflight
    default: return CallAnswer.methodNotAllowed
    }
    if let answer = unreadable(head.fields) { return answer }
    guard head.fields["authorization"] == nil || sourceOfHeader(head.fields) != nil else {
      return CallAnswer.unauthorized
    }
    return nil
  }

  private func unreadable(_ fields: HTTPFields) -> HTTPAnswer? {
    switch fields.words("content-encoding") {
    case [], ["identity"]: return nil
    case ["gzip"], ["x-gzip"]:
      guard !readsGzip else { return nil }
      return CallAnswer.failure(
        415, "unsupported_encoding",
        "This host cannot read gzip: install \(Gzip.debianPackage), or send the body as it is.")
    default:
      return CallAnswer.failure(
        415, "unsupported_encoding", "A body is sent as it is, or with Content-Encoding: gzip.")
    }
  }

  /// Basic authentication (RFC 7617): the write key is the user's name; any password will do.
  private func sourceOfHeader(_ fields: HTTPFields) -> String? {
    let values = fields.all("authorization")
    guard values.count == 1 else { return nil }
    let parts = values[0].split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "basic", parts[1].utf8.count <= 512,
      let bytes = decoded(parts[1]), let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    return source(text.prefix { $0 != ":" }.utf8)
  }
}

extension TrackingAPI {
  private func decoded(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    do throws(CryptographyError) {
      try unsafe Base64.decode(Array(text.utf8).span.bytes, appendingTo: &bytes)
      return bytes
    } catch {
      return nil
    }
  }
}

// MARK: - The call

extension TrackingAPI {
  private func handle(_ request: HTTPRequest, _ exchange: HTTPExchange) {
    guard let endpoint = TrackingEndpoint(request.path) else {
      return exchange.answer(CallAnswer.notFound)
    }
    guard let body = inflated(request, exchange) else { return }
    do throws(CallBodyError) {
      let call = try unsafe CallBody(scanning: body.span.bytes, as: endpoint.form)
      guard let id = source(of: call, body, request.head.fields) else {
        return exchange.answer(CallAnswer.unauthorized)
      }
      guard !call.events.isEmpty else { return exchange.answer(CallAnswer.success) }
      let (events, lines) = stamped(call, body, request, endpoint)
      take(
        TrackingCall(
          source: id, isBatch: endpoint.form == .batch, events: events, lines: lines,
          exchange: exchange))
    } catch {
      exchange.answer(CallAnswer.failure(400, error.code, "\(error)"))
    }
  }

  private func inflated(_ request: HTTPRequest, _ exchange: HTTPExchange) -> [UInt8]? {
    guard request.head.fields.words("content-encoding").contains(where: { $0.hasSuffix("gzip") })
    else { return request.body }
    var body: [UInt8] = []
    do throws(GzipError) {
      try Gzip.decode(request.body, into: &body, limit: Self.longestBody)
      return body
    } catch {
      exchange.answer(
        error == .tooLong
          ? CallAnswer.failure(
            413, "too_long", "The body may have \(Self.longestBody) bytes when it is unpacked.")
          : CallAnswer.failure(400, "bad_gzip", "The body is not gzip, or ends too early."))
      return nil
    }
  }

  /// The header's write key counts; without one the body's.
  private func source(
    of call: CallBody, _ body: [UInt8], _ fields: HTTPFields
  ) -> String? {
    if fields["authorization"] != nil { return sourceOfHeader(fields) }
    guard let place = call.writeKey, place.count <= 128,
      let text = String(validating: body[place], as: UTF8.self)
    else { return nil }
    return source(text[...].utf8)
  }

  private func stamped(
    _ call: CallBody, _ body: [UInt8], _ request: HTTPRequest, _ endpoint: TrackingEndpoint
  ) -> ([TrackingCall.Event], [UInt8]) {
    let sender = proxies.sender(request.peer, request.head.fields)
    let stamp = CallStamp(
      type: endpoint.type, receivedAt: Self.milliseconds,
      peer: sender.map { Array("\($0)".utf8) })
    var events: [TrackingCall.Event] = []
    events.reserveCapacity(call.events.count)
    var lines: [UInt8] = []
    lines.reserveCapacity(body.count + call.events.count * CallStamp.usualGrowth)
    for event in call.events {
      let start = lines.count
      if event.range.count <= Self.longestEvent {
        unsafe call.append(event, of: body.span.bytes, stamp, to: &lines)
      }
      events.append(.init(range: start..<lines.count, length: event.range.count))
    }
    return (events, lines)
  }

  private static var milliseconds: Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
  }
}
