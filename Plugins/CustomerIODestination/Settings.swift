internal import DestinationKit

/// The settings of one Customer.io workspace.
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
      in: Self.regions, regionKey: .region, urlKey: .url, path: "/api/v2/batch")
    timeout = .seconds(try document.number(forKey: .timeoutSeconds, default: 10, from: 1))
    mapping = try document.decode(Mapping.self, forKey: .mapping)
  }

  private static let regions = [
    "us": "https://track.customer.io", "eu": "https://track-eu.customer.io",
  ]

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "region", .string(default: "us", oneOf: ["us", "eu"]),
      summary: "Where the account's data lives: us or eu."),
    Setting(
      "url", .string(),
      summary:
        "In the place of the region's address, for a proxy; the adapter adds the API's path."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "site_id", .secret, isRequired: true,
      summary: "The workspace's site id; the adapter never has it."),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "The Track API key that belongs to it; the adapter never has it."),
  ]
}
