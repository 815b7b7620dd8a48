import Foundation
import KafkaClient
import Synchronization

/// Three mock brokers in a process of their own, with one topic, and events in it.
final class MockCluster {
  /// Of the topic `events`; a mock broker keeps 5 MB of each.
  static let partitions = 64
  private let process = Process()
  private let input = Pipe()
  private let brokers: String

  struct Absent: Error, CustomStringConvertible {
    var description: String {
      "No mock cluster: python3 and librdkafka1 are needed, and the benchmark has to run in the package's folder."
    }
  }

  init() throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "Tests/Fixtures/KafkaCluster/cluster.py", "events=\(Self.partitions)",
    ]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard line.contains(":") else { throw Absent() }
    brokers = line.trimmingCharacters(in: .newlines)
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  var address: String { "kafka://\(brokers)/events" }

  /// Returns when the brokers have so many events, no two with the same messageId.
  func fill(_ count: Int) throws {
    // A mock broker gives one set of messages of a partition in an answer, however small it is.
    let properties = try KafkaProperties(Array("linger.ms=1000\n".utf8), path: "")
    let producer = try KafkaProducer(KafkaAddress(address), properties) { _ in }
    let failure = Mutex<String??>(nil)
    let receipt = KafkaReceipt(count: count) { outcome in failure.withLock { $0 = .some(outcome) } }
    for (index, line) in SampleEvents(count: count).lines.enumerated() {
      let key = Array("user-\(index)".utf8)
      let event = line.dropLast()
      while try unsafe producer.send(
        Array(event).span.bytes, key: key.span.bytes, receipt) != .taken
      {
        producer.poll(milliseconds: 10)
      }
    }
    while failure.withLock({ $0 == nil }) { producer.poll(milliseconds: 10) }
    if failure.withLock({ $0 }) != .some(nil) { throw Absent() }
  }
}
