internal import DestinationKit

/// The settings of one Amplitude project.
struct Settings: DescribedSettings {
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

  static let described = [
    .region(["us", "eu"], summary: "Where the project's data lives: us or eu."),
    Setting(
      "api", .string(default: "http", oneOf: API.allCases.map(\.rawValue)),
      summary: "http: HTTP V2, seen soonest. batch: Batch Event Upload, for much at once."),
    .proxyURL,
    Setting(
      "min_id_length", .integer(default: 1, minimum: 1, maximum: 64),
      summary: "The shortest user or device id that Amplitude shall take; its own default is 5."),
    .timeout(),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "The project's API key; the adapter never has it."),
  ]

  let url: String
  let api: API
  let minimumIDLength: Int
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    api = try values.choice("api")
    url = try values.endpoint(in: Self.regions, path: api.path)
    minimumIDLength = try values.integer("min_id_length")
    timeout = try values.timeout()
    mapping = try values.mapping()
  }

  private static let regions = [
    "us": "https://api2.amplitude.com", "eu": "https://api.eu.amplitude.com",
  ]
}
