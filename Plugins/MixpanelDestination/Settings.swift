internal import DestinationKit

/// The settings of one Mixpanel project.
struct Settings: DescribedSettings {
  static let described = [
    .region(["us", "eu", "in"], summary: "Where the project's data lives: us, eu or in."),
    .proxyURL,
    .timeout(),
    Setting(
      "project_token", .secret, isRequired: true,
      summary: "The project's token; the adapter never has it."),
  ]

  let url: String
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    url = try values.endpoint(in: Self.regions)
    timeout = try values.timeout()
    mapping = try values.mapping()
  }

  private static let regions = [
    "us": "https://api.mixpanel.com", "eu": "https://api-eu.mixpanel.com",
    "in": "https://api-in.mixpanel.com",
  ]
}
