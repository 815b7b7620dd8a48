internal import EventJSON
internal import Foundation
internal import HTTPListener
internal import HTTPWire
internal import Metrics
internal import Privacy
internal import Workspace

/// What the host answers about itself: health, readiness and metrics for machines; on the workspace's own socket
/// also its status and live events, for the commands.
struct MonitoringService: Sendable {
  let monitor: HostMonitor
  let workspace: Workspace
  /// Whether what shows events and configuration may be asked, too.
  let isPrivate: Bool

  var http: HTTPService {
    HTTPService { request, exchange in exchange.answer(answer(to: request)) }
  }

  private func answer(to request: HTTPRequest) -> HTTPAnswer {
    guard request.method == "GET" || request.method == "HEAD" else {
      var refusal = HTTPAnswer.text(405, "Only GET and HEAD are served here.")
      refusal.fields.append(HTTPField("Allow", "GET, HEAD"))
      return refusal
    }
    switch (String(request.path), isPrivate) {
    case ("/healthz", _): return health
    case ("/readyz", _): return readiness
    case ("/metrics", _): return metrics
    case ("/status", true): return .json(200, monitor.status)
    case ("/events", true): return events(request)
    default: return .text(404, "There are /healthz, /readyz and /metrics.")
    }
  }

  private var health: HTTPAnswer {
    monitor.isAlive ? .text(200, "ok") : .text(503, "The host has failed and is ending.")
  }

  private var readiness: HTTPAnswer {
    let readiness = monitor.readiness
    return .json(readiness.ready ? 200 : 503, readiness)
  }

  private var metrics: HTTPAnswer {
    HTTPAnswer(
      200, [HTTPField("Content-Type", PrometheusText.contentType)],
      body: Array(PrometheusText.text(monitor.metrics).utf8))
  }
}

// MARK: - Live events

extension MonitoringService {
  /// A line `{"next":…,"missed":…}`, then for each event a line about it and the event.
  private func events(_ request: HTTPRequest) -> HTTPAnswer {
    let query = Query(request.head.start.target)
    let found = monitor.tap.take(
      of: query["destination"], after: query["after"].flatMap { UInt64($0) })
    guard let found else { return .text(503, "Too many watch already.") }
    let mask = query["raw"] == "1" ? nil : EventMasking.mask(workspace.privacy)
    var body = Array(#"{"next":\#(found.next),"missed":\#(found.missed)}"#.utf8) + [0x0A]
    for event in found.events {
      guard let json = mask.map({ unsafe $0.masked(event.json.span.bytes) }) ?? event.json else {
        continue
      }
      body += Self.head(event) + [0x0A] + json + [0x0A]
    }
    return HTTPAnswer(200, [HTTPField("Content-Type", "application/x-ndjson")], body: body)
  }

  private static func head(_ event: EventTap.Tapped) -> [UInt8] {
    // A source's id is letters, digits, `-` and `_`.
    Array(#"{"source":"\#(event.source)","unix_nanoseconds":\#(event.unixNanoseconds)}"#.utf8)
  }
}

/// Which values of an event may be seen by somebody who may see no classified ones.
enum EventMasking {
  /// What says how an event is handled, and nothing of whom it is about.
  private static let structure: Set<String> = [
    "type", "event", "messageId", "timestamp", "originalTimestamp", "sentAt", "receivedAt",
    "channel", "version",
  ]

  /// Keys that nobody has classified are masked, as those that are red or yellow: only green ones are shown.
  static func mask(_ privacy: PrivacySettings) -> JSONMask {
    let green = privacy.all.filter { $0.isExact && $0.classification == .green }
    let others = Set(
      privacy.all.filter { $0.classification != .green }.flatMap(\.foldedKeys))
    return JSONMask(
      keeping: green.flatMap(\.foldedKeys).filter { !others.contains($0) }, atTop: structure)
  }
}

/// The part of a request's target behind `?`; ids and numbers, so nothing in it is escaped.
private struct Query {
  private let pairs: [Substring: Substring]

  init(_ target: some StringProtocol) {
    let text = String(target)
    let query = text.firstIndex(of: "?").map { text[text.index(after: $0)...] } ?? ""
    pairs = Dictionary(
      query.split(separator: "&").compactMap { pair in
        pair.firstIndex(of: "=").map { (pair[..<$0], pair[pair.index(after: $0)...]) }
      }, uniquingKeysWith: { first, _ in first })
  }

  subscript(_ name: String) -> String? { pairs[name[...]].map(String.init) }
}

extension HTTPAnswer {
  fileprivate static func json(_ status: Int, _ value: some Encodable) -> HTTPAnswer {
    let body = (try? HostConversation.encoder.encode(value)).map(Array.init) ?? []
    return HTTPAnswer(
      body.isEmpty ? 500 : status, [HTTPField("Content-Type", "application/json")],
      body: body + [0x0A])
  }
}
