import Foundation
import Workbench

/// The commands that a document of the project shows, run as its reader would run them.
enum DocumentedCommands {
  static let hasCurl = (try? Sealpost.run("curl", ["--version"]))?.code == 0

  /// What stands in the blocks that are marked as shell; the path is from the package's folder.
  static func blocks(of path: String) throws -> [String] {
    try String(contentsOf: Clinic.root.appendingPathComponent(path), encoding: .utf8)
      .matches(of: #/```sh\n((?s:.*?))```/#).map { String($0.output.1) }
  }

  /// In a process group of their own, which `timeout` makes.
  ///
  /// When one of them fails, the others are not run, and what they left in the background is ended with them: as long as
  /// that runs, `Process` waits for it.
  static func run(_ commands: String, in folder: Scratch) throws -> Sealpost.Outcome {
    try folder.write("guide.sh", commands)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let program = """
      timeout --kill-after=5 100 bash -eu -o pipefail guide.sh & wait $!
      code=$?
      kill -KILL -- -$! 2> /dev/null
      exit $code
      """
    return try Sealpost.run(
      "bash", ["-c", program], in: folder.path,
      environment: ["PATH": "\(Sealpost.products.path):\(path)", "SEALPOST_LOG_FORMAT": ""])
  }
}
