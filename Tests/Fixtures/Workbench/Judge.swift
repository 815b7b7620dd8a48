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
  @discardableResult
  package static func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let standardInput = Pipe()
    let standardOutput = Pipe()
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    try process.run()
    try? standardInput.fileHandleForWriting.write(contentsOf: Data(input))
    try? standardInput.fileHandleForWriting.close()
    let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus)
    }
    return Array(output)
  }

  @discardableResult
  package static func python(
    _ program: String, _ arguments: [String] = [], input: [UInt8] = []
  ) throws -> [UInt8] {
    try run(["python3", "-c", program] + arguments, input: input)
  }
}
