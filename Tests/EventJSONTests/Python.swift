import Foundation

/// Whether the judge is there.
let hasPython = (try? python(["--version"], input: .nullDevice)) != nil

/// The lines that a Python program writes when it is given `input`.
func pythonLines(_ program: String, _ arguments: [String], input: [UInt8]) throws -> [String] {
  let file = FileManager.default.temporaryDirectory.appending(
    path: "sealpost-json-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: file) }
  try Data(input).write(to: file)
  let output = try python(
    ["-c", program] + arguments, input: FileHandle(forReadingFrom: file))
  return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
}

/// Two digits for each byte.
func hex(_ bytes: [UInt8]) -> [UInt8] {
  let digits = Array("0123456789abcdef".utf8)
  return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
}

/// What Python wrote to its standard output; throws when it is absent or fails.
private func python(_ arguments: [String], input: FileHandle) throws -> Data {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3"] + arguments
  process.standardInput = input
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let written = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  return written
}
