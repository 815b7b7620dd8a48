internal import DestinationKit

/// The requests that a batch becomes: `POST /2/httpapi` or `POST /batch`, with the key and the events in the body.
struct Requests {
  let events: MappedEvents
  let request: HTTPRequest
  let limits: PartLimits

  init(_ batch: borrowing Batch, _ settings: Settings) {
    events = settings.mapping.map(batch)
    limits = settings.api.limits
    let options = #"{"min_id_length":\#(settings.minimumIDLength)}"#
    request = HTTPRequest(
      url: settings.url,
      headers: [
        HTTPHeader("Content-Type", "application/json"),
        .bodyStart(#"{"api_key":{{json:api_key}},"options":\#(options),"events":"#),
      ], timeout: settings.timeout)
  }

  /// What stands behind the key, which the host puts in.
  func body(of part: ArraySlice<Int>) -> [UInt8] {
    var body: [UInt8] = []
    events.appendArray(of: part, to: &body)
    body.append(UInt8(ascii: "}"))
    return body
  }
}

/// Amplitude's answer to events that it does not take; it names them by their places in the request.
struct Answer: Decodable {
  let error: String?
  let missingField: String?
  /// By the name of the field.
  let invalid: [String: [Int]]?
  let missing: [String: [Int]]?
  let idLengths: [String: [Int]]?
  /// Of devices that Amplitude has been told to ignore.
  let silenced: [Int]?
  /// Of users and devices that send too fast.
  let throttled: [Int]?

  private enum CodingKeys: String, CodingKey {
    case error
    case missingField = "missing_field"
    case invalid = "events_with_invalid_fields"
    case missing = "events_with_missing_fields"
    case idLengths = "events_with_invalid_id_lengths"
    case silenced = "silenced_events"
    case throttled = "throttled_events"
  }

  /// What a request of that many events came to.
  ///
  /// A 400 takes none of them: those that it names are rejected, the others sent again at once. So with a 429, whose
  /// users' events rest for the 30 seconds that the documentation asks for.
  static func outcome(of response: HTTPResponse, count: Int, host: AdapterHost) -> PartOutcome {
    let plain = response.partOutcome(host: host)
    switch response.status {
    case 400:
      guard let answer = response.json(Answer.self) else { return plain }
      guard !answer.isAboutKey else { return .all(unknownKey) }
      return .listed(without: answer.rejected, of: count) ?? plain
    case 429:
      let throttled = response.json(Answer.self)?.throttled ?? []
      let outcomes = Dictionary(throttled.map { ($0, tooFast(false)) }) { first, _ in first }
      if let listed = PartOutcome.listed(without: outcomes, of: count) { return listed }
      return response.header("retry-after") == nil ? .all(tooFast(true)) : plain
    default: return plain
    }
  }

  private static let unknownKey = Outcome.credentialsRefused(
    code: 400, detail: "HTTP status 400: Amplitude knows no such API key")

  private static func tooFast(_ everything: Bool) -> Outcome {
    .retry(
      after: .seconds(30), wholeDestination: everything, code: 429,
      detail: "HTTP status 429: \(everything ? "too much" : "this user or device sends too fast")")
  }

  private var isAboutKey: Bool {
    missingField == "api_key" || error?.lowercased().hasPrefix("invalid api key") == true
  }

  private var rejected: [Int: Outcome] {
    var outcomes: [Int: Outcome] = [:]
    func note(_ fields: [String: [Int]]?, _ what: String) {
      for (field, places) in (fields ?? [:]).sorted(by: { $0.key < $1.key }) {
        let detail = "HTTP status 400: \(what) \(field.fieldName ?? "a field")"
        for place in places where outcomes[place] == nil {
          outcomes[place] = .rejected(code: 400, detail: detail)
        }
      }
    }
    note(missing, "Amplitude misses")
    note(invalid, "Amplitude does not take the value of")
    note(idLengths, "Amplitude calls too short the value of")
    for place in silenced ?? [] where outcomes[place] == nil {
      outcomes[place] = .rejected(code: 400, detail: "HTTP status 400: the device is silenced")
    }
    return outcomes
  }
}
