import Foundation
import Testing
import Workbench

/// A host whose input stays open until ``end()``.
final class RunningHost: @unchecked Sendable {
  // Protected by use: one thread sends to it, the test does all else.
  private let process = Process()
  private let input = Pipe()
  /// Its folder is there as long as this.
  private let clinic: Clinic
  private let log: String

  init(
    _ clinic: Clinic, _ words: [String] = [], environment: [String: String] = [:],
    name: String = "host"
  ) throws {
    self.clinic = clinic
    log = try clinic.folder.write("\(name).log", "")
    process.executableURL = URL(fileURLWithPath: Sealpost.executable)
    process.arguments = ["run"] + words
    process.currentDirectoryURL = URL(fileURLWithPath: clinic.folder.path)
    process.environment = ["HOME": clinic.folder.path].merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var pid: Int { Int(process.processIdentifier) }
  var isRunning: Bool { process.isRunning }

  /// What it has written to standard error so far.
  var errors: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  func send(_ events: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(events.utf8))
  }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Ends its input, and waits for its end.
  @discardableResult
  func end() -> Int32 {
    if process.isRunning {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    return process.terminationStatus
  }

  /// The first entry of that name in its log.
  func entry(_ name: String) throws -> [String: Any] {
    try #require(
      try eventually {
        errors.split(separator: "\n").lazy
          .compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
          .first { $0["event"] as? String == name }
      }, "\(errors)")
  }

  /// What the body gives once it gives something; nil when that takes more than ten seconds.
  func eventually<Value>(_ body: () throws -> Value?) throws -> Value? {
    for _ in 0..<200 {
      if let value = try body() { return value }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return nil
  }
}
