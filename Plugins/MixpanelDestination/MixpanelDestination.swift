internal import DestinationKit

/// Sends events to Mixpanel's import API, several in one request, and profiles of users and groups one by one.
///
/// Life: `init` checks the settings; `deliver` maps the batch, sends the profiles first, then the events.
final class MixpanelDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "com.mixpanel.analytics", version: "1.0.0", displayName: "Mixpanel",
    settings: Settings.described, maximumBatchEvents: 2000, maximumStringLength: 255,
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
    let events = requests.events
    var delivery = PartwiseDelivery(events)
    for kind in Requests.profiles {
      delivery.send(
        events.mapped([kind.type]), within: PartLimits(events: 1), of: batch,
        byteCount: events.byteCount
      ) { part in
        let body = requests.profile(part[part.startIndex])
        let request = requests.profileRequest(kind.path)
        return try unsafe http.send(request, body: body.span.bytes, call: call)
          .profileOutcome(host: host)
      }
    }
    delivery.send(
      events.mapped(Requests.imported), within: Requests.limits, of: batch,
      byteCount: events.byteCount
    ) { part in
      var body: [UInt8] = []
      events.appendArray(of: part, to: &body)
      return try unsafe http.send(requests.importRequest, body: body.span.bytes, call: call)
        .importOutcome(count: part.count, host: host)
    }
    return delivery.outcomes
  }
}
