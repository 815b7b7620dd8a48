internal import DestinationKit

/// The settings of one data stream.
struct Settings: DescribedSettings {
  static let described = [
    Setting(
      "measurement_id", .string(), isRequired: true,
      summary: "The stream's measurement ID, such as G-ABCDE12345."),
    .region(
      ["us", "eu"], summary: "Where events are collected: us, which is everywhere, or eu."),
    .proxyURL,
    .timeout(),
    Setting(
      "api_secret", .secret, isRequired: true,
      summary: "A Measurement Protocol API secret of the stream; the adapter never has it."),
  ]

  /// With the stream's id; the host puts the API secret behind it.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    let endpoint = try values.endpoint(in: Self.regions, path: "/mp/collect")
    let stream = try values.text("measurement_id")
    guard !stream.isEmpty, stream.utf8.allSatisfy(Self.isOfID) else {
      throw AdapterProblem.setting(
        "measurement_id", "it has other characters than letters, digits and hyphens.",
        mend: "Write the stream's measurement ID, such as G-ABCDE12345.")
    }
    url = "\(endpoint)?measurement_id=\(stream)&api_secret={{secret:api_secret}}"
    timeout = try values.timeout()
    mapping = try values.mapping()
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "-")
      || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
  }

  private static let regions = [
    "us": "https://www.google-analytics.com", "eu": "https://region1.google-analytics.com",
  ]
}
