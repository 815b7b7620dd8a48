internal import DestinationKit

/// The requests that a batch becomes: `POST /import` for events, `/engage` and `/groups` for profiles.
struct Requests {
  /// Of the API: 2,000 events and 10 MB a request.
  static let limits = PartLimits(events: 2000, bytes: 10_000_000 - 64)
  static let imported: Set<EventType> = [.track, .page, .screen, .alias]
  /// Profiles carry the token in each object of their body, which the host puts in; so one goes at a time.
  static let profiles: [(type: EventType, path: String)] = [
    (.identify, "/engage?verbose=1"), (.group, "/groups?verbose=1"),
  ]

  let events: MappedEvents
  let importRequest: HTTPRequest
  private let settings: Settings

  init(_ batch: borrowing Batch, _ settings: Settings) {
    self.settings = settings
    events = settings.mapping.map(batch)
    importRequest = HTTPRequest(
      url: "\(settings.url)/import?strict=1",
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        HTTPHeader("Authorization", "Basic {{basic:project_token:}}"),
      ], timeout: settings.timeout)
  }

  func profileRequest(_ path: String) -> HTTPRequest {
    HTTPRequest(
      url: settings.url + path,
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        .bodyStart(#"[{"$token":{{json:project_token}},"#),
      ], timeout: settings.timeout)
  }

  /// What stands behind the token: the object without its brace.
  func profile(_ event: Int) -> [UInt8] {
    var body: [UInt8] = []
    events.appendArray(of: [event], to: &body)
    return Array(body.dropFirst(2))
  }
}

/// Mixpanel's answer to events of which it does not take all.
private struct ImportAnswer: Decodable {
  struct Failure: Decodable {
    let index: Int?
    let field: String?
  }

  let failures: [Failure]?

  private enum CodingKeys: String, CodingKey {
    case failures = "failed_records"
  }
}

/// Mixpanel's answer to a profile: 1 if it is taken, also with a status of 200.
private struct ProfileAnswer: Decodable {
  let status: Int?
}

extension HTTPResponse {
  /// With `strict=1` a 400 names the events that were not taken, and the others are.
  func importOutcome(count: Int, host: AdapterHost) -> PartOutcome {
    let plain = partOutcome(host: host)
    guard status == 400, let failures = json(ImportAnswer.self)?.failures else { return plain }
    let outcomes = failures.reduce(into: [Int: Outcome]()) { outcomes, failure in
      guard let place = failure.index, outcomes[place] == nil else { return }
      outcomes[place] = .rejected(
        code: 400,
        detail: "HTTP status 400: Mixpanel does not take \(failure.field?.fieldName ?? "a field")")
    }
    return .listed(outcomes, of: count) ?? plain
  }

  func profileOutcome(host: AdapterHost) -> PartOutcome {
    if status == 200, let answer = json(ProfileAnswer.self), answer.status == 0 {
      return .all(.rejected(code: 200, detail: "Mixpanel does not take this profile"))
    }
    return partOutcome(host: host)
  }
}
