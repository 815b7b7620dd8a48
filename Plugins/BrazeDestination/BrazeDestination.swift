internal import DestinationKit

/// Sends attributes and events to Braze's `/users/track`, and aliases to `/users/alias/new`.
///
/// Life: `init` checks the settings; `deliver` maps the batch and posts each list in parts that the API takes, the
/// attributes first: an event may need its user.
final class BrazeDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "com.braze.engagement", version: "1.0.0", displayName: "Braze",
    settings: Settings.described, maximumBatchEvents: 750, maximumStringLength: 255,
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
    let events = settings.mapping.map(batch)
    let call = batch.call
    var delivery = PartwiseDelivery(events)
    for list in RequestList.all {
      let request = list.request(settings)
      delivery.send(
        events.mapped(list.types), within: list.limits, of: batch, byteCount: events.byteCount
      ) { part in
        let body = list.body(of: part, events)
        let answer = try unsafe http.send(request, body: body.span.bytes, call: call)
        return Answer.outcome(of: answer, list.name, count: part.count, host: host)
      }
    }
    return delivery.outcomes
  }
}
