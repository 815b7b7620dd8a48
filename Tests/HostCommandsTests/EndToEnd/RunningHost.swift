import Foundation
import Testing
import Workbench

/// A host whose input stays open until ``end()``.
final class RunningHost: @unchecked Sendable {
  // Protected by use: one thread sends to it, the test does all else.
  private let process: LiveSealpost
  private let input = Pipe()

  init(
    _ clinic: Clinic, _ words: [String] = [], environment: [String: String] = [:]
  ) throws {
    process = try LiveSealpost(
      clinic, ["run"] + words, environment: environment, input: input)
  }

  var pid: Int { Int(process.pid) }
  var isRunning: Bool { process.isRunning }

  /// What it has written to standard error so far.
  var errors: String { process.errors }

  func send(_ events: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(events.utf8))
  }

  func signal(_ number: Int32) { process.signal(number) }

  /// Ends its input, and waits for its end.
  @discardableResult
  func end() -> Int32 {
    try? input.fileHandleForWriting.close()
    return process.wait()
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
