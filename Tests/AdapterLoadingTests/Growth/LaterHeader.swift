import Foundation
import Workbench

/// The header of a minor version that does not exist yet: today's, grown in every way that its rules allow.
///
/// Made of today's text, so that it is always one ahead: larger structs and so larger strides, more functions in both
/// tables, one more feature bit, one more outcome, one more kind of event.
enum LaterHeader {
  struct Unchanged: Error {
    let pattern: String
  }

  /// Writes it into a folder of the scratch; gives the folder.
  static func folder(in scratch: Scratch) throws -> String {
    let folder = scratch.file("later")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = CCompiler.header + "/destination_adapter.h"
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for (pattern, replacement) in changes {
      let changed = text.replacing(try Regex(pattern).anchorsMatchLineEndings()) { match in
        replacement(match.output.map { $0.substring.map(String.init) ?? "" })
      }
      guard changed != text else { throw Unchanged(pattern: pattern) }
      text = changed
    }
    try text.write(
      toFile: folder + "/destination_adapter.h", atomically: true, encoding: .utf8)
    return folder
  }

  /// What is looked for, and what takes its place; every one has to be found.
  private static let changes: [(String, @Sendable ([String]) -> String)] = [
    (
      #"#define DESTINATION_ABI_MINOR (\d+)u"#,
      { "#define DESTINATION_ABI_MINOR \((Int($0[1]) ?? 0) + 1)u" }
    ),
    (
      #"^\} (destination_(?:event|batch|descriptor|configuration));"#,
      { "    uint64_t later[2];\n} \($0[1]);" }
    ),
    (#"^\} destination_result;"#, { _ in "    uint32_t later[2];\n} destination_result;" }),
    (
      #"(const void \*\(\*extension\)\(const destination_host \*host, destination_span id\);\n)\};"#,
      { "\($0[1])    int32_t (*later)(const destination_host *host);\n};" }
    ),
    (
      #"(const void \*\(\*extension\)\(const destination_adapter \*adapter, destination_span id\);\n)\};"#,
      { "\($0[1])    int32_t (*later)(void *instance);\n};" }
    ),
    (
      #"^DESTINATION_SIZE\(destination_(?:event|batch|descriptor|configuration|result|host|adapter), .*\);\n"#,
      { _ in "" }
    ),
    (
      #"^#define DESTINATION_OUTCOME_DUPLICATE .*$"#,
      { "\($0[0])\n#define DESTINATION_OUTCOME_LATER 6u" }
    ),
    (
      #"^#define DESTINATION_HOST_CONNECTION .*$"#,
      { "\($0[0])\n#define DESTINATION_HOST_LATER 0x8ull" }
    ),
    (
      #"^#define DESTINATION_SERVES_ALL .*$"#,
      { "\($0[0])\n#define DESTINATION_SERVES_LATER 0x80u" }
    ),
  ]
}
