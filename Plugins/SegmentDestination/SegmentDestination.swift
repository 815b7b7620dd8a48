internal import DestinationKit

/// Forwards events to anything that speaks Segment's tracking API: Segment itself, or another Sealpost.
///
/// Life: `init` checks the settings; `deliver` maps the batch and posts it in parts that the API takes.
final class SegmentDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.segment", version: "1.0.0", displayName: "Segment",
    settings: Settings.described, maximumBatchEvents: 2500, requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    http = try host.requiredHTTP()
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let requests = Requests(batch, settings)
    let call = batch.call
    var delivery = PartwiseDelivery(requests.events)
    delivery.send(
      requests.events.mapped, within: Requests.limits, of: batch,
      byteCount: requests.events.byteCount
    ) { part in
      let body = requests.body(of: part, unixNanoseconds: host.unixNanoseconds)
      return try unsafe http.send(requests.request, body: body.span.bytes, call: call)
        .partOutcome(host: host)
    }
    return delivery.outcomes
  }
}
