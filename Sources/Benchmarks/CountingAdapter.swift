import AdapterLoading
import Cryptography
import Foundation

/// The adapter that counts (`Tests/Fixtures/CountingAdapter`), built beside this executable.
enum CountingAdapter {
  static let product = "org.sealpost.test.counting"

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) is not built. Run: swift build -c release" }
  }

  /// Builds it when it is not there: `swift run` builds only what it runs.
  static func path() throws -> String {
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let path = folder.appendingPathComponent("libCountingAdapter.so").path
    if !FileManager.default.fileExists(atPath: path) { try build(folder.lastPathComponent) }
    guard FileManager.default.fileExists(atPath: path) else { throw Missing(path: path) }
    return path
  }

  private static func build(_ configuration: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["swift", "build", "-c", configuration, "--product", "CountingAdapter"]
    process.standardOutput = FileHandle.standardError
    try process.run()
    process.waitUntilExit()
  }

  static let manifestJSON = Array(
    """
    {"format":1,"product":"\(product)","version":"1.0.0","display_name":"Counting (test)",\
    "abi":{"major":1,"minor":0},"library":"libCountingAdapter.so",\
    "event_types":["identify","track","page","screen","group","alias"]}
    """.utf8)
}
