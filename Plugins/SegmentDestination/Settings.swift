internal import DestinationKit

/// The settings of one forwarding destination.
struct Settings: DescribedSettings {
  static let described = [
    Setting(
      "url", .string(default: "https://api.segment.io/v1/batch"),
      summary: "Where batches go: Segment's or any compatible /v1/batch."),
    .timeout(),
    Setting(
      "write_key", .secret, isRequired: true,
      summary: "The write key of the source there; the adapter never has it."),
  ]

  /// Where batches go.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    url = try values.url("url")
    timeout = try values.timeout()
    mapping = try values.mapping()
  }
}
