internal import DestinationKit

/// What the operator sets; adapter.json repeats it.
struct Settings: DescribedSettings {
  static let described = [
    Setting(
      "url", .string(), isRequired: true,
      summary: "Where the events go, one request for each batch."),
    Setting(
      "token", .secret,
      summary: "What the destination knows you by; it never enters the adapter."),
  ]

  let url: String

  init(_ values: SettingValues) throws {
    url = try values.url("url")
  }
}
