internal import Foundation

/// An independent tool that judges what we made; run as a process, never through a shell.
package enum Judge {
  package static let hasOpenSSL = (try? run(["openssl", "version"])) != nil
  package static let hasPython = (try? python("import json")) != nil
  package static let hasPythonCryptography = (try? python("import cryptography")) != nil
  package static let hasJOSE = (try? python("import joserfc.jwe")) != nil

  package struct Failure: Error {
    package let status: Int32
  }

  /// What the tool wrote to its standard output; throws when it is absent or fails.
  ///
  /// It reads its input from a file: as much as there is, whatever it writes meanwhile.
  @discardableResult
  package static func run(_ words: [String], input: [UInt8] = []) throws -> [UInt8] {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle(forReadingAtPath: try scratch.write("input", input))
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus)
    }
    return Array(said)
  }

  @discardableResult
  package static func python(
    _ program: String, _ arguments: [String] = [], input: [UInt8] = []
  ) throws -> [UInt8] {
    try run(["python3", "-c", program] + arguments, input: input)
  }

  /// The lines that a Python program writes.
  package static func pythonLines(
    _ program: String, _ arguments: [String] = [], input: [UInt8]
  ) throws -> [String] {
    lines(try python(program, arguments, input: input))
  }

  package static func lines(_ output: [UInt8]) -> [String] {
    String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
