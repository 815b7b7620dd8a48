internal import DestinationKit

/// The settings of one file.
struct Settings: DescribedSettings {
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

  /// Absolute, or relative to the host's working directory.
  ///
  /// Its folder has to be there.
  let path: String

  /// The size that a file may not pass before a new one begins, in bytes; 0 = it is never rotated.
  let rotateBytes: Int64

  /// Whether every batch is on the disk before it counts as delivered.
  let fsync: Bool

  init(_ values: SettingValues) throws {
    path = try Self.file(values.text("path"))
    rotateBytes = Int64(try values.integer("rotate_bytes"))
    fsync = values.flag("fsync")
  }

  private static func file(_ path: String) throws -> String {
    guard !path.isEmpty, !path.utf8.contains(0), path.utf8.last != UInt8(ascii: "/") else {
      throw AdapterProblem.setting(
        "path", "it does not name a file.", mend: "Write the path of a file.")
    }
    guard path != "-" else {
      throw AdapterProblem.setting(
        "path", "it means standard output.", mend: "Use org.sealpost.console for that.")
    }
    return path
  }
}
