internal import DestinationKit

/// The settings of one data stream.
struct Settings: Decodable, Sendable {
  /// With the stream's id; the host puts the API secret behind it.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  private enum CodingKeys: String, CodingKey {
    case region, url, mapping
    case measurementID = "measurement_id"
    case timeoutSeconds = "timeout_seconds"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    let endpoint = try document.endpoint(
      in: Self.regions, regionKey: .region, urlKey: .url, path: "/mp/collect")
    let stream = try document.decode(String.self, forKey: .measurementID)
    guard !stream.isEmpty, stream.utf8.allSatisfy(Self.isOfID) else {
      throw AdapterProblem.setting(
        "measurement_id", "it has other characters than letters, digits and hyphens.",
        mend: "Write the stream's measurement ID, such as G-ABCDE12345.")
    }
    url = "\(endpoint)?measurement_id=\(stream)&api_secret={{secret:api_secret}}"
    timeout = .seconds(try document.number(forKey: .timeoutSeconds, default: 10, from: 1))
    mapping = try document.decode(Mapping.self, forKey: .mapping)
  }

  private static func isOfID(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "-")
      || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
  }

  private static let regions = [
    "us": "https://www.google-analytics.com", "eu": "https://region1.google-analytics.com",
  ]

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "measurement_id", .string(), isRequired: true,
      summary: "The stream's measurement ID, such as G-ABCDE12345."),
    Setting(
      "region", .string(default: "us", oneOf: ["us", "eu"]),
      summary: "Where events are collected: us, which is everywhere, or eu."),
    Setting(
      "url", .string(),
      summary:
        "In the place of the region's address, for a proxy; the adapter adds the API's path."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "api_secret", .secret, isRequired: true,
      summary: "A Measurement Protocol API secret of the stream; the adapter never has it."),
  ]
}
