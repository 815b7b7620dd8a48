internal import DestinationKit

/// Posts events to a URL of the operator's, several in one request.
///
/// Life: `init` checks the settings; `deliver` cuts the batch into requests and sends them one after the other. Where a
/// request is refused for what it holds, its halves are sent, until the event that the receiver does not take is found.
final class WebhookDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.webhook", version: "1.0.0", displayName: "Webhook",
    settings: Settings.described, maximumBatchEvents: 1000, requiredHostFeatures: .http)

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
    return batch.send(
      as: settings.form == .array ? .array : .ndjson, within: settings.limits, host: host
    ) { body, events in
      let request = requests.request(
        for: events, unixSeconds: host.unixNanoseconds / 1_000_000_000)
      return try http.send(request, body: body, call: call)
    }
  }
}
