internal import DestinationKit

/// The settings of one forwarding destination.
struct Settings: Decodable, Sendable {
  /// Where batches go.
  let url: String
  let timeout: Duration
  let mapping: Mapping

  private enum CodingKeys: String, CodingKey {
    case url, mapping
    case timeoutSeconds = "timeout_seconds"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    url = try document.decodeIfPresent(String.self, forKey: .url) ?? Self.segment
    timeout = .seconds(try document.decodeIfPresent(Int64.self, forKey: .timeoutSeconds) ?? 10)
    mapping = try document.decode(Mapping.self, forKey: .mapping)
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw AdapterProblem.setting(
        "url", "it begins with neither https:// nor http://.",
        mend: "Write the whole URL, with /v1/batch.")
    }
    guard timeout >= .seconds(1) else {
      throw AdapterProblem.setting(
        "timeout_seconds", "it is below 1.", mend: "Write a number from 1.")
    }
  }

  private static let segment = "https://api.segment.io/v1/batch"

  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "url", .string(default: segment),
      summary: "Where batches go: Segment's or any compatible /v1/batch."),
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "write_key", .secret, isRequired: true,
      summary: "The write key of the source there; the adapter never has it."),
  ]
}
