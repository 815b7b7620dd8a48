internal import Foundation

/// The C compiler of this machine; what needs it is skipped where there is none.
package enum CCompiler {
  package static let path = "/usr/bin/gcc"
  package static let isPossible = FileManager.default.isExecutableFile(atPath: path)

  package struct Failed: Error {
    package let said: String
  }

  /// Runs the compiler on one file; `headers` are folders.
  package static func run(_ source: String, headers: [String] = [], _ flags: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-std=gnu11"] + headers.flatMap { ["-I", $0] } + [source] + flags
    let said = Pipe()
    process.standardError = said
    try process.run()
    let text = try said.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(said: String(decoding: text, as: UTF8.self))
    }
  }

  package static func library(
    _ source: String, to output: String, headers: [String] = [], _ flags: [String] = []
  ) throws {
    try run(source, headers: headers, ["-o", output, "-shared", "-fPIC"] + flags)
  }

  /// Compiles a file of assertions, and makes nothing.
  package static func check(_ source: String, headers: [String]) throws {
    try run(source, headers: headers, ["-fsyntax-only", "-Werror"])
  }
}
