import Foundation

/// Programs that a test runs.
enum Shell {
  static let hasGCC = FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc")

  struct Outcome {
    let code: Int32
    /// Standard output, and what else was said.
    let output: String
  }

  static func run(
    _ program: String, _ words: [String], in folder: String = "/",
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, output: String(decoding: said, as: UTF8.self))
  }
}
