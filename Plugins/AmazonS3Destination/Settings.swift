internal import DestinationKit

/// The settings of one bucket.
struct Settings: Decodable, Sendable {
  /// How the store encrypts what it keeps.
  enum Encryption: String, Decodable, CaseIterable, Sendable {
    /// As the bucket has it.
    case bucket
    /// With keys of the store's own.
    case s3 = "AES256"
    /// With a key of the operator's in the key management service.
    case kms = "aws:kms"
  }

  /// By what objects are kept apart.
  enum Partition: String, Decodable, CaseIterable, Sendable {
    case day, hour, none
  }

  /// Of the bucket, with no slash at its end.
  let url: String
  let region: String
  /// Before every key, with a slash at its end, or empty.
  let prefix: String
  let partition: Partition
  let encryption: Encryption
  let kmsKey: String?
  let hasSessionToken: Bool
  let timeout: Duration
  /// Bytes of one part of an object that is larger.
  let partBytes: Int

  private enum CodingKeys: String, CodingKey {
    case url, region, prefix, partition
    case encryption = "server_side_encryption"
    case kmsKey = "kms_key_id"
    case hasSessionToken = "use_session_token"
    case timeoutSeconds = "timeout_seconds"
    case partMegabytes = "part_megabytes"
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    url = try Self.bucket(try document.decode(String.self, forKey: .url))
    region = try document.decodeIfPresent(String.self, forKey: .region) ?? "us-east-1"
    prefix = Self.folder(try document.decodeIfPresent(String.self, forKey: .prefix) ?? "events")
    partition = try Self.choice(
      .partition, try document.decodeIfPresent(String.self, forKey: .partition) ?? "day")
    encryption = try Self.choice(
      .encryption, try document.decodeIfPresent(String.self, forKey: .encryption) ?? "bucket")
    kmsKey = try document.decodeIfPresent(String.self, forKey: .kmsKey)
    hasSessionToken = try document.decodeIfPresent(Bool.self, forKey: .hasSessionToken) ?? false
    timeout = .seconds(try document.decodeIfPresent(Int64.self, forKey: .timeoutSeconds) ?? 30)
    partBytes = (try document.decodeIfPresent(Int.self, forKey: .partMegabytes) ?? 8) << 20
    try check()
  }

  private func check() throws {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789-".utf8
    guard !region.isEmpty, region.utf8.allSatisfy(letters.contains) else {
      throw AdapterProblem.setting(
        "region", "it is no region.", mend: "Write its name, such as eu-central-1.")
    }
    guard timeout >= .seconds(1) else {
      throw AdapterProblem.setting(
        "timeout_seconds", "it is below 1.", mend: "Write a number from 1.")
    }
    guard (5 << 20...60 << 20).contains(partBytes) else {
      throw AdapterProblem.setting(
        "part_megabytes", "S3 takes no such part.", mend: "Write a number from 5 to 60.")
    }
    guard ![prefix, kmsKey ?? ""].contains(where: { $0.contains("{{") }) else {
      throw AdapterProblem.setting("prefix", "it holds {{.", mend: "Write it without.")
    }
  }

  private static func bucket(_ url: String) throws -> String {
    let isURL = url.hasPrefix("https://") || url.hasPrefix("http://")
    guard isURL, !url.contains("?"), !url.contains("#"), !url.contains("{{") else {
      throw AdapterProblem.setting(
        "url", "it is no bucket's URL.",
        mend: "Write https://BUCKET.s3.REGION.amazonaws.com, or https://STORE/BUCKET.")
    }
    return String(url.reversed().drop { $0 == "/" }.reversed())
  }

  private static func folder(_ prefix: String) -> String {
    let words = prefix.split(separator: "/")
    return words.isEmpty ? "" : words.joined(separator: "/") + "/"
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: CodingKeys, _ word: String
  ) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: word) else {
      throw AdapterProblem.setting(
        key.rawValue, "there is no such choice.",
        mend: "Write one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return choice
  }
}

extension Settings {
  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "url", .string(), isRequired: true,
      summary: "The bucket: https://BUCKET.s3.REGION.amazonaws.com, or https://STORE/BUCKET."),
    Setting(
      "region", .string(default: "us-east-1"),
      summary: "The store's region, which the signature names."),
    Setting("prefix", .string(default: "events"), summary: "What every key begins with."),
    Setting(
      "partition", .string(default: "day", oneOf: Partition.allCases.map(\.rawValue)),
      summary: "By what objects are kept apart: when the host accepted their events, in UTC."),
    Setting(
      "server_side_encryption",
      .string(default: "bucket", oneOf: Encryption.allCases.map(\.rawValue)),
      summary: "How the store encrypts objects: as the bucket has it, or one of S3's ways."),
    Setting(
      "kms_key_id", .string(), summary: "The key, with aws:kms; left out, the account's own for S3."
    ),
    Setting(
      "use_session_token", .boolean(default: false),
      summary: "Whether the credentials are temporary and session_token goes with each request."),
    Setting(
      "timeout_seconds", .integer(default: 30, minimum: 1, maximum: 600),
      summary: "How long one request may take."),
    Setting(
      "part_megabytes", .integer(default: 8, minimum: 5, maximum: 60),
      summary: "MiB of one part: a larger object goes in several."),
    Setting(
      "access_key_id", .secret, isRequired: true,
      summary: "The id of the access key; the adapter never has it."),
    Setting(
      "secret_access_key", .secret, isRequired: true,
      summary: "The access key; the adapter never has it."),
    Setting(
      "session_token", .secret, summary: "Of temporary credentials; the adapter never has it."),
  ]
}
