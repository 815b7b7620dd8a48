internal import DestinationKit

/// The requests that a batch becomes: `POST /api/v2/batch`.
struct Requests {
  /// Of the API: 500 KB a request, less the frame around the events.
  static let limits = PartLimits(events: 1000, bytes: 500_000 - 64)
  /// Of the API, for one event.
  private static let longestEvent = 32_000

  let events: MappedEvents
  let request: HTTPRequest

  init(_ batch: borrowing Batch, _ settings: Settings) {
    var events = settings.mapping.map(batch)
    events.reject(longerThan: Self.longestEvent)
    self.events = events
    request = HTTPRequest(
      url: settings.url,
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        HTTPHeader("Authorization", "Basic {{basic:site_id:api_key}}"),
      ], timeout: settings.timeout)
  }

  func body(of part: ArraySlice<Int>) -> [UInt8] {
    var body = Array(#"{"batch":"#.utf8)
    events.appendArray(of: part, to: &body)
    body.append(UInt8(ascii: "}"))
    return body
  }
}

/// Customer.io's answer to a batch of which it does not take everything.
struct Answer: Decodable {
  struct Failure: Decodable {
    let place: Int?
    let field: String?

    private enum CodingKeys: String, CodingKey {
      case place = "batch_index"
      case field
    }
  }

  let errors: [Failure]?

  /// What a request of that many events came to: with a 207 the others are taken, with a 400 none is.
  static func outcome(of response: HTTPResponse, count: Int, host: AdapterHost) -> PartOutcome {
    let plain = response.partOutcome(host: host)
    guard response.status == 400 || (200...299).contains(response.status) else { return plain }
    let failures = response.json(Answer.self)?.errors ?? []
    let outcomes = failures.reduce(into: [Int: Outcome]()) { outcomes, failure in
      guard let place = failure.place, outcomes[place] == nil else { return }
      let detail = "Customer.io does not take \(failure.field?.fieldName ?? "a field")"
      outcomes[place] = .rejected(
        code: Int32(clamping: response.status), detail: "HTTP status \(response.status): \(detail)")
    }
    if response.status == 400 { return .listed(without: outcomes, of: count) ?? plain }
    guard response.status == 207 || !failures.isEmpty else { return plain }
    // Some were not taken, and which is not said: to send all again is better than to lose some.
    return .listed(outcomes, of: count)
      ?? .refused(
        .rejected(
          code: Int32(clamping: response.status),
          detail: "HTTP status \(response.status): Customer.io does not take this event"))
  }
}
