internal import DestinationKit

/// Sends events to Amplitude's HTTP V2 API, or to its Batch Event Upload API.
///
/// Life: `init` checks the settings; `deliver` maps the batch and posts it in parts that the API takes.
final class AmplitudeDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "com.amplitude.analytics", version: "1.0.0", displayName: "Amplitude",
    eventTypes: [.identify, .track, .page, .screen, .group],
    settings: Settings.described, maximumBatchEvents: 2000, maximumStringLength: 1024,
    requiredHostFeatures: .http)

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
      requests.events.mapped, within: requests.limits, of: batch,
      byteCount: requests.events.byteCount
    ) { part in
      let body = requests.body(of: part)
      let answer = try unsafe http.send(requests.request, body: body.span.bytes, call: call)
      return Answer.outcome(of: answer, count: part.count, host: host)
    }
    return delivery.outcomes
  }
}
