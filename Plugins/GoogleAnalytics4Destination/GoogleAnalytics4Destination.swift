internal import DestinationKit

/// Sends events to Google Analytics 4 by its Measurement Protocol, each in a request of its own.
///
/// Life: `init` checks the settings; `deliver` maps the batch and posts event after event. The protocol answers 204 to
/// whatever it reads and drops in silence what it does not take: so what it would drop is refused here.
final class GoogleAnalytics4Destination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "com.google.analytics", version: "1.0.0", displayName: "Google Analytics 4",
    eventTypes: [.track, .page, .screen, .group], settings: Settings.described,
    maximumBatchEvents: 100, maximumStringLength: 100, requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    http = try host.requiredHTTP()
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let events = settings.mapping.map(batch)
    let call = batch.call
    let request = HTTPRequest(
      url: settings.url, headers: [HTTPHeader("Content-Type", "application/json")],
      timeout: settings.timeout)
    var delivery = PartwiseDelivery(events)
    delivery.send(
      events.mapped, within: PartLimits(events: 1), of: batch, byteCount: events.byteCount
    ) { part in
      let body = try Payload(events, part[part.startIndex]).body()
      return try unsafe http.send(request, body: body.span.bytes, call: call)
        .partOutcome(host: host)
    }
    return delivery.outcomes
  }
}
