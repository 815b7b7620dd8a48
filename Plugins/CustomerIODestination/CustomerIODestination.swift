internal import DestinationKit

/// Sends people, events and objects to Customer.io's Track API v2, several in one request.
///
/// Life: `init` checks the settings; `deliver` maps the batch and posts it in parts that the API takes.
final class CustomerIODestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "io.customer.journeys", version: "1.0.0", displayName: "Customer.io",
    settings: Settings.described, maximumBatchEvents: 1000, maximumStringLength: 1000,
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
      requests.events.mapped, within: Requests.limits, of: batch,
      byteCount: requests.events.byteCount
    ) { part in
      let body = requests.body(of: part)
      let answer = try unsafe http.send(requests.request, body: body.span.bytes, call: call)
      return Answer.outcome(of: answer, count: part.count, host: host)
    }
    return delivery.outcomes
  }
}
