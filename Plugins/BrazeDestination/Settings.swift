internal import DestinationKit

/// The settings of one Braze workspace.
struct Settings: Decodable, Sendable {
  /// Of the instance, without a path.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  private enum CodingKeys: String, CodingKey {
    case url, mapping
    case timeoutSeconds = "timeout_seconds"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    url = try document.endpoint(urlKey: .url, path: "")
    timeout = .seconds(try document.number(forKey: .timeoutSeconds, default: 10, from: 1))
    mapping = try document.decode(Mapping.self, forKey: .mapping)
  }

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "url", .string(), isRequired: true,
      summary: "The REST endpoint of your instance, such as https://rest.iad-01.braze.com."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "api_key", .secret, isRequired: true,
      summary: "A REST API key with users.track and users.alias.new; the adapter never has it."),
  ]
}
