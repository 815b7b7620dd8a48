internal import DestinationKit

/// The settings of one Customer.io workspace.
struct Settings: DescribedSettings {
  static let described = [
    .region(["us", "eu"], summary: "Where the account's data lives: us or eu."),
    .proxyURL,
    .timeout(),
    Setting(
      "site_id", .secret, isRequired: true,
      summary: "The workspace's site id; the adapter never has it."),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "The Track API key that belongs to it; the adapter never has it."),
  ]

  let url: String
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    url = try values.endpoint(in: Self.regions, path: "/api/v2/batch")
    timeout = try values.timeout()
    mapping = try values.mapping()
  }

  private static let regions = [
    "us": "https://track.customer.io", "eu": "https://track-eu.customer.io",
  ]
}
