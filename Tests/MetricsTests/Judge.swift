import Foundation

/// Python with `prometheus_client`, which `Tests/run.sh` puts where it is found.
enum Judge {
  static let hasPrometheusParser =
    (try? python("import prometheus_client.parser; print('ok')", input: "")) == "ok\n"

  struct Failure: Error {}

  static func python(_ program: String, input: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    let (given, got) = (Pipe(), Pipe())
    process.standardInput = given
    process.standardOutput = got
    process.standardError = FileHandle.nullDevice
    try process.run()
    try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try given.fileHandleForWriting.close()
    let output = try got.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure() }
    return String(decoding: output, as: UTF8.self)
  }
}
