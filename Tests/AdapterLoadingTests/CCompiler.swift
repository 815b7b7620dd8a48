import Foundation

/// The C compiler of this machine; what needs it is skipped where there is none.
enum CCompiler {
  static let path = "/usr/bin/gcc"
  static let isPossible = FileManager.default.isExecutableFile(atPath: path)

  struct Failed: Error {
    let said: String
  }

  static let header = Fixture.root.appendingPathComponent("Sources/CDestinationAdapter/include")
    .path

  /// Compiles one file; `headers` is the folder that has destination_adapter.h.
  static func compile(
    _ source: String, to output: String, headers: String = header, _ flags: [String]
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-std=gnu11", "-I", headers, source, "-o", output] + flags
    let said = Pipe()
    process.standardError = said
    try process.run()
    let text = try said.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(said: String(decoding: text, as: UTF8.self))
    }
  }

  static func library(
    _ source: String, to output: String, headers: String = header, _ flags: [String] = []
  ) throws {
    try compile(source, to: output, headers: headers, ["-shared", "-fPIC"] + flags)
  }
}
