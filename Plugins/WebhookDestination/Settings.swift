internal import DestinationKit

/// The settings of one webhook.
struct Settings: DescribedSettings {
  /// What one request carries.
  enum Form: String, CaseIterable, Sendable {
    /// A JSON array of events.
    case array
    /// Events, one a line.
    case ndjson
    /// One event.
    case single
  }

  static let described = [
    Setting(
      "url", .string(), isRequired: true,
      summary: "Where the events go; {{secret:token}} in its path or query becomes the secret."),
    Setting(
      "method", .string(default: "POST", oneOf: ["POST", "PUT", "PATCH"]),
      summary: "The method of every request."),
    Setting(
      "body", .string(default: "array", oneOf: Form.allCases.map(\.rawValue)),
      summary: "A JSON array of events, events one a line, or one event for each request."),
    Setting(
      "headers", .strings,
      summary: #"More header fields, each "Name: value"; {{secret:token}} becomes the secret."#),
    Setting(
      "sign", .boolean(default: false),
      summary: "Whether each request is signed with signing_key: X-Sealpost-Signature."),
    Setting(
      "compress", .boolean(default: false),
      summary: "Whether bodies are compressed with gzip, where the host has zlib."),
    .timeout(),
    Setting(
      "batch_events", .integer(default: 100, minimum: 1, maximum: 10_000),
      summary: "Most events of one request."),
    Setting(
      "batch_bytes", .integer(default: 500_000, minimum: 1, maximum: 67_108_864),
      summary: "Most bytes of one request's body; a larger event goes alone."),
    Setting(
      "token", .secret, summary: "What {{secret:token}} stands for; the adapter never has it."),
    Setting(
      "signing_key", .secret,
      summary: "The key of the signature; the adapter never has it."),
  ]

  /// Where the events go; may hold `{{secret:token}}` behind the host.
  let url: String

  let method: String

  let form: Form

  /// Of every request, beside those that the adapter writes; values may hold `{{secret:token}}`.
  let headers: [HTTPHeader]

  /// Whether every request carries a signature over its time and body.
  let isSigned: Bool

  /// Whether the host compresses bodies, where it can.
  let isCompressed: Bool

  let timeout: Duration

  /// What one request carries; a larger event goes alone.
  let limits: PartLimits

  init(_ values: SettingValues) throws {
    url = try values.url("url")
    method = try values.text("method")
    form = try values.choice("body")
    headers = try values.texts("headers").map(Self.header)
    isSigned = values.flag("sign")
    isCompressed = values.flag("compress")
    timeout = try values.timeout()
    // A body's brackets are within the bytes.
    limits = PartLimits(
      events: form == .single ? 1 : try values.integer("batch_events"),
      bytes: try values.integer("batch_bytes") - 1)
  }

  /// From `Name: value`; whether it can be written is the host's to say.
  private static func header(_ line: String) throws -> HTTPHeader {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
      throw AdapterProblem.setting(
        "headers", "a line of it has no colon.", mend: #"Write each as "Name: value"."#)
    }
    let value = line[line.index(after: colon)...].drop { $0 == " " }
    return HTTPHeader(String(line[..<colon]), String(value))
  }
}
