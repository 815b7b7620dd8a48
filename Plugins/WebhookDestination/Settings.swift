internal import DestinationKit

/// The settings of one webhook.
struct Settings: Decodable, Sendable {
  /// What one request carries.
  enum Form: String, Decodable, CaseIterable, Sendable {
    /// A JSON array of events.
    case array
    /// Events, one a line.
    case ndjson
    /// One event.
    case single
  }

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

  /// Most events of one request.
  let batchEvents: Int

  /// Most bytes of one request's body; a larger event goes alone.
  let batchBytes: Int

  /// What one request carries; a body's brackets are within the bytes.
  var limits: PartLimits {
    PartLimits(events: form == .single ? 1 : batchEvents, bytes: batchBytes - 1)
  }

  private enum CodingKeys: String, CodingKey {
    case url, method, body, headers, sign, compress
    case timeoutSeconds = "timeout_seconds"
    case batchEvents = "batch_events"
    case batchBytes = "batch_bytes"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    url = try document.decode(String.self, forKey: .url)
    method = try document.decodeIfPresent(String.self, forKey: .method) ?? "POST"
    form = try Self.form(try document.decodeIfPresent(String.self, forKey: .body) ?? "array")
    headers = try (try document.decodeIfPresent([String].self, forKey: .headers) ?? []).map(
      Self.header)
    isSigned = try document.decodeIfPresent(Bool.self, forKey: .sign) ?? false
    isCompressed = try document.decodeIfPresent(Bool.self, forKey: .compress) ?? false
    timeout = .seconds(try document.decodeIfPresent(Int64.self, forKey: .timeoutSeconds) ?? 10)
    batchEvents = try document.decodeIfPresent(Int.self, forKey: .batchEvents) ?? 100
    batchBytes = try document.decodeIfPresent(Int.self, forKey: .batchBytes) ?? 500_000
    try check()
  }

  private func check() throws {
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw AdapterProblem.setting(
        "url", "it begins with neither https:// nor http://.", mend: "Write the whole URL.")
    }
    guard ["POST", "PUT", "PATCH"].contains(method) else {
      throw AdapterProblem.setting(
        "method", "there is no such method here.", mend: "Write POST, PUT or PATCH.")
    }
    for (name, value) in [
      ("timeout_seconds", timeout.components.seconds), ("batch_events", Int64(batchEvents)),
      ("batch_bytes", Int64(batchBytes)),
    ] where value < 1 {
      throw AdapterProblem.setting(name, "it is below 1.", mend: "Write a number from 1.")
    }
  }

  private static func form(_ name: String) throws -> Form {
    guard let form = Form(rawValue: name) else {
      throw AdapterProblem.setting(
        "body", "there is no such form.", mend: "Write array, ndjson or single.")
    }
    return form
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

extension Settings {
  /// The same, as the operator sees it.
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
    Setting(
      "timeout_seconds", .integer(default: 10, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
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
}
