internal import Foundation
internal import Glibc

/// `cluster.py`: three brokers of librdkafka's mock cluster in a process of their own.
///
/// Used by one thread at a time.
package final class KafkaCluster: @unchecked Sendable {
  // Protected by confinement.
  /// `HOST:PORT,HOST:PORT,HOST:PORT`.
  package let brokers: String
  private let process = Process()
  private let commands = Pipe()
  private let answers: LineReader
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("cluster.py").path

  package struct Message: Decodable, Equatable {
    package let partition: Int
    package let offset: Int
    package let key: String?
    package let value: String?
  }

  package enum Failure: Error {
    case refused(String)
    case ended
  }

  /// Whether Python and librdkafka are here.
  package static let isAvailable: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["python3", "-c", "import ctypes; ctypes.CDLL('librdkafka.so.1')"]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
  }()

  /// - Parameter topics: each with its number of partitions.
  package init(_ topics: [String: Int]) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", Self.script] + topics.map { "\($0.key)=\($0.value)" }
    process.standardInput = commands
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    answers = LineReader(output.fileHandleForReading)
    guard let line = answers.next() else { throw Failure.ended }
    brokers = line
  }

  // Not waited for: `waitUntilExit` in a deinitializer comes back late or never.
  deinit { kill(process.processIdentifier, SIGKILL) }

  package func address(_ topic: String, group: String? = nil) -> String {
    "kafka://\(brokers)/\(topic)" + (group.map { "?group=\($0)" } ?? "")
  }

  /// A broker, from 1, goes away or comes back.
  package func setBroker(_ number: Int, isUp: Bool) throws {
    _ = try ask("\(isUp ? "up" : "down") \(number)")
  }

  package func move(_ topic: String, _ partition: Int, to broker: Int) throws {
    _ = try ask("leader \(topic) \(partition) \(broker)")
  }

  /// The next requests of a kind are answered by these codes; both as the protocol numbers them.
  package func failNext(_ api: Int, with codes: [Int]) throws {
    _ = try ask("error \(api) " + codes.map(String.init).joined(separator: " "))
  }

  /// Stores messages; returns when every one is.
  package func put(_ topic: String, _ messages: [(key: String, value: String)]) throws {
    for message in messages { _ = try ask("put \(topic) \(message.key) \(message.value)") }
    _ = try ask("flush")
  }

  /// Every message of a topic.
  package func messages(_ topic: String) throws -> [Message] {
    try ask("get \(topic)").map { try JSONDecoder().decode(Message.self, from: Data($0.utf8)) }
  }

  /// The lines before `ok`.
  private func ask(_ command: String) throws -> [String] {
    try commands.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
    var lines: [String] = []
    while let line = answers.next() {
      if line == "ok" { return lines }
      guard line.hasPrefix("{") else { throw Failure.refused(line) }
      lines.append(line)
    }
    throw Failure.ended
  }
}

/// Lines of a pipe; waits for each.
private final class LineReader {
  private let file: FileHandle
  private var rest: [UInt8] = []

  init(_ file: FileHandle) { self.file = file }

  func next() -> String? {
    while true {
      if let end = rest.firstIndex(of: 0x0A) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeFirst(end + 1)
        return line
      }
      let more = file.availableData
      if more.isEmpty { return nil }
      rest += more
    }
  }
}
