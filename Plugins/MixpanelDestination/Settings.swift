internal import DestinationKit

/// The settings of one Mixpanel project.
struct Settings: Decodable, Sendable {
  let url: String
  let timeout: Duration
  let mapping: Mapping

  private enum CodingKeys: String, CodingKey {
    case region, url, mapping
    case timeoutSeconds = "timeout_seconds"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    url = try document.endpoint(
      in: Self.regions, regionKey: .region, urlKey: .url, path: "")
    timeout = .seconds(try document.number(forKey: .timeoutSeconds, default: 10, from: 1))
    mapping = try document.decode(Mapping.self, forKey: .mapping)
  }

  private static let regions = [
    "us": "https://api.mixpanel.com", "eu": "https://api-eu.mixpanel.com",
    "in": "https://api-in.mixpanel.com",
  ]

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "region", .string(default: "us", oneOf: ["us", "eu", "in"]),
      summary: "Where the project's data lives: us, eu or in."),
    Setting(
      "url", .string(),
      summary:
        "In the place of the region's address, for a proxy; the adapter adds the API's path."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "project_token", .secret, isRequired: true,
      summary: "The project's token; the adapter never has it."),
  ]
}
