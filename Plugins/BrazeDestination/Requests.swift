internal import DestinationKit

/// One list of a request's body, and where it goes.
struct RequestList {
  let name: String
  let types: Set<EventType>
  let path: String
  /// Of the API, and below the 4 MB of a request.
  let limits: PartLimits

  static let all = [
    RequestList(
      name: "attributes", types: [.identify, .group], path: "/users/track",
      limits: PartLimits(events: 75, bytes: 3_900_000)),
    RequestList(
      name: "events", types: [.track, .page, .screen], path: "/users/track",
      limits: PartLimits(events: 75, bytes: 3_900_000)),
    RequestList(
      name: "user_aliases", types: [.alias], path: "/users/alias/new",
      limits: PartLimits(events: 50)),
  ]

  func request(_ settings: Settings) -> HTTPRequest {
    HTTPRequest(
      url: settings.url + path,
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        HTTPHeader("Authorization", "Bearer {{secret:api_key}}"),
      ], timeout: settings.timeout)
  }

  func body(of part: ArraySlice<Int>, _ events: MappedEvents) -> [UInt8] {
    var body = Array(#"{"\#(name)":"#.utf8)
    events.appendArray(of: part, to: &body)
    body.append(UInt8(ascii: "}"))
    return body
  }
}

/// Braze's answer: with a success it may name objects that it did not take, by their list and place.
struct Answer: Decodable {
  struct Failure: Decodable {
    let list: String?
    let place: Int?

    private enum CodingKeys: String, CodingKey {
      case list = "input_array"
      case place = "index"
    }

    /// An error that is a text names nothing.
    init(from decoder: any Decoder) throws {
      let members = try? decoder.container(keyedBy: CodingKeys.self)
      list = try members?.decodeIfPresent(String.self, forKey: .list)
      place = try members?.decodeIfPresent(Int.self, forKey: .place)
    }
  }

  let errors: [Failure]?

  /// What a request of that many events came to.
  static func outcome(
    of response: HTTPResponse, _ list: String, count: Int, host: AdapterHost
  ) -> PartOutcome {
    switch response.status {
    case 200...299:
      let failures = response.json(Answer.self)?.errors ?? []
      guard !failures.isEmpty else { return .all(.delivered) }
      return someFailed(failures, response.status, list, count: count)
    case 404:
      return .all(
        .credentialsRefused(code: 404, detail: "HTTP status 404: Braze knows no such API key"))
    default: return response.partOutcome(host: host)
    }
  }

  private static func someFailed(
    _ failures: [Failure], _ status: Int, _ list: String, count: Int
  ) -> PartOutcome {
    let rejected = Outcome.rejected(
      code: Int32(clamping: status),
      detail: "HTTP status \(status): Braze does not take this object of \"\(list)\"")
    let named = failures.filter { $0.list ?? list == list }.compactMap(\.place)
    let outcomes = Dictionary(named.map { ($0, rejected) }) { first, _ in first }
    // It took the others. Where it does not say which it took, halves tell: better twice than lost.
    return .listed(outcomes, of: count) ?? .refused(rejected)
  }
}
