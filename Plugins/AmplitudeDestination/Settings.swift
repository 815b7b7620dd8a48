internal import DestinationKit

/// The settings of one Amplitude project.
struct Settings: Decodable, Sendable {
  /// Which of Amplitude's two ways in.
  enum API: String, CaseIterable, Sendable {
    /// HTTP V2: seen soonest.
    case http
    /// Batch Event Upload: larger requests, and more events for each user.
    case batch

    var path: String { self == .http ? "/2/httpapi" : "/batch" }

    /// Of the API: 2,000 events and 1 MB, or 20 MB, a request, less the frame around the events.
    var limits: PartLimits {
      PartLimits(events: 2000, bytes: (self == .http ? 1_000_000 : 20_000_000) - 512)
    }
  }

  let url: String
  let api: API
  let minimumIDLength: Int64
  let timeout: Duration
  let mapping: Mapping

  private enum CodingKeys: String, CodingKey {
    case region, api, url, mapping
    case minimumIDLength = "min_id_length"
    case timeoutSeconds = "timeout_seconds"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    api = try document.choice(of: API.self, forKey: .api, default: .http)
    url = try document.endpoint(
      in: Self.regions, regionKey: .region, urlKey: .url, path: api.path)
    minimumIDLength = try document.number(forKey: .minimumIDLength, default: 1, from: 1)
    timeout = .seconds(try document.number(forKey: .timeoutSeconds, default: 10, from: 1))
    mapping = try document.decode(Mapping.self, forKey: .mapping)
  }

  private static let regions = [
    "us": "https://api2.amplitude.com", "eu": "https://api.eu.amplitude.com",
  ]

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "region", .string(default: "us", oneOf: ["us", "eu"]),
      summary: "Where the project's data lives: us or eu."),
    Setting(
      "api", .string(default: "http", oneOf: API.allCases.map(\.rawValue)),
      summary: "http: HTTP V2, seen soonest. batch: Batch Event Upload, for much at once."),
    Setting(
      "url", .string(),
      summary:
        "In the place of the region's address, for a proxy; the adapter adds the API's path."),
    Setting(
      "min_id_length", .integer(default: 1, minimum: 1, maximum: 64),
      summary: "The shortest user or device id that Amplitude shall take; its own default is 5."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "The project's API key; the adapter never has it."),
  ]
}
