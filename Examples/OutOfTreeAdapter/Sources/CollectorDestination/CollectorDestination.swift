internal import DestinationKit

/// Sends every batch of events to a URL, one event a line.
///
/// The host sends the requests: this library opens no socket, and never has the token.
final class CollectorDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "com.example.collector", version: "1.0.0", displayName: "Collector",
    settings: Settings.described, maximumBatchEvents: 500, requiredHostFeatures: .http)

  private let settings: Settings
  private let host: AdapterHost
  private let http: HTTPClient

  init(settings: Settings, host: AdapterHost) throws {
    self.settings = settings
    self.host = host
    http = try host.requiredHTTP()
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    let request = HTTPRequest(
      "POST", url: settings.url,
      headers: [
        HTTPHeader("Content-Type", "application/x-ndjson"),
        HTTPHeader("Authorization", "Bearer {{secret:token}}"),  // the host puts the token in
      ])
    let call = batch.call
    return batch.send(as: .ndjson, host: host) { body, _ in
      try http.send(request, body: body, call: call)
    }
  }
}
