internal import DestinationKit

/// The settings of one bucket.
struct Settings: DescribedSettings {
  /// How the store encrypts what it keeps.
  enum Encryption: String, CaseIterable, Sendable {
    /// As the bucket has it.
    case bucket
    /// With keys of the store's own.
    case s3 = "AES256"
    /// With a key of the operator's in the key management service.
    case kms = "aws:kms"
  }

  /// By what objects are kept apart.
  enum Partition: String, CaseIterable, Sendable {
    case day, hour, none
  }

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
    .timeout(default: 30),
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

  init(_ values: SettingValues) throws {
    url = try Self.unmarked("url", values.endpoint())
    region = try Self.region(values.text("region"))
    prefix = Self.folder(try Self.unmarked("prefix", values.text("prefix")))
    partition = try values.choice("partition")
    encryption = try values.choice("server_side_encryption")
    kmsKey = try values.text(ifGiven: "kms_key_id").map { try Self.unmarked("kms_key_id", $0) }
    hasSessionToken = values.flag("use_session_token")
    timeout = try values.timeout()
    partBytes = try values.integer("part_megabytes") << 20
  }

  private static func region(_ name: String) throws -> String {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789-".utf8
    guard !name.isEmpty, name.utf8.allSatisfy(letters.contains) else {
      throw AdapterProblem.setting(
        "region", "it is no region.", mend: "Write its name, such as eu-central-1.")
    }
    return name
  }

  /// Marks of the host's are the adapter's to write: one of the operator's would break the signature.
  private static func unmarked(_ name: String, _ text: String) throws -> String {
    guard !text.contains("{{") else {
      throw AdapterProblem.setting(name, "it holds {{.", mend: "Write it without.")
    }
    return text
  }

  private static func folder(_ prefix: String) -> String {
    let words = prefix.split(separator: "/")
    return words.isEmpty ? "" : words.joined(separator: "/") + "/"
  }
}
