internal import DestinationKit

/// The settings of one file.
struct Settings: Decodable, Sendable {
  /// Absolute, or relative to the host's working directory.
  ///
  /// Its folder has to be there.
  let path: String

  /// The size that a file may not pass before a new one begins, in bytes; 0 = it is never rotated.
  let rotateBytes: Int64

  /// Whether every batch is on the disk before it counts as delivered.
  let fsync: Bool

  private enum CodingKeys: String, CodingKey {
    case path
    case rotateBytes = "rotate_bytes"
    case fsync
  }

  init(from decoder: any Decoder) throws {
    let document = try decoder.container(keyedBy: CodingKeys.self)
    path = try document.decode(String.self, forKey: .path)
    rotateBytes = try document.decodeIfPresent(Int64.self, forKey: .rotateBytes) ?? 0
    fsync = try document.decodeIfPresent(Bool.self, forKey: .fsync) ?? true
    try check()
  }

  private func check() throws {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw AdapterProblem.setting(
        "path", "it does not name a file.", mend: "Write the path of a file.")
    }
    guard path != "-" else {
      throw AdapterProblem.setting(
        "path", "it means standard output.", mend: "Use org.sealpost.console for that.")
    }
    guard rotateBytes >= 0 else {
      throw AdapterProblem.setting(
        "rotate_bytes", "it is below 0.", mend: "Write a size in bytes, or 0 for never.")
    }
  }
}

extension Settings {
  /// The same, as the operator sees it.
  static let described = [
    Setting(
      "path", .string(), isRequired: true,
      summary: "The file, absolute or relative to the host's working directory."),
    Setting(
      "rotate_bytes", .integer(default: 0, minimum: 0),
      summary: "A new file begins before this size in bytes is passed; 0 = never."),
    Setting(
      "fsync", .boolean(default: true),
      summary: "Whether every batch is on the disk before it counts as delivered."),
  ]
}
