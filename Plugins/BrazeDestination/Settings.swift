internal import DestinationKit

/// The settings of one Braze workspace.
struct Settings: DescribedSettings {
  static let described = [
    Setting(
      "url", .string(), isRequired: true,
      summary: "The REST endpoint of your instance, such as https://rest.iad-01.braze.com."),
    .timeout(),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "A REST API key with users.track and users.alias.new; the adapter never has it."),
  ]

  /// Of the instance, without a path.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    url = try values.endpoint()
    timeout = try values.timeout()
    mapping = try values.mapping()
  }
}
