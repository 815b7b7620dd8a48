import Foundation
import KafkaCluster
import Testing

/// Hosts that read a topic of a cluster of three brokers, as members of one group.
///
/// One at a time: each test has a cluster of its own.
@Suite(
  .serialized, .enabled(if: Sealpost.isBuilt, "sealpost is not built"),
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
enum StreamTests {}

// MARK: - What is sent, and what arrives

extension StreamTests {
  static let users = 11

  static func event(_ number: Int, messageID: Bool = true) -> String {
    let id = messageID ? #""messageId":"m\#(number)","# : ""
    return #"{"type":"track","event":"Visited","userId":"u\#(number % users)",\#(id)"#
      + #""properties":{"n":\#(number)}}"#
  }

  static func messages(_ range: Range<Int>) -> [(key: String, value: String)] {
    range.map { ("u\($0 % users)", event($0)) }
  }

  /// Waits a minute at most.
  static func until(_ isReached: () -> Bool) -> Bool {
    for _ in 0..<300 where !isReached() { usleep(200_000) }
    return isReached()
  }

  /// The numbers of the events in the order they came; each as it was sent.
  static func numbers(_ lines: [String]) -> [Int] {
    lines.compactMap { line in
      guard let start = line.range(of: #""n":"#) else { return nil }
      let number = Int(line[start.upperBound...].prefix { $0.isNumber })
      if let number { #expect(line == event(number)) }
      return number
    }
  }

  static func numbers(_ peer: WebhookPeer) -> [Int] {
    peer.requests.flatMap(\.events).compactMap { event in
      (event["properties"] as? [String: Any])?["n"] as? Int
    }
  }

  /// Waits until so many different events came; looks seldom, since each look reads all.
  static func waitFor(_ count: Int, _ numbers: () -> [Int]) -> Bool {
    for _ in 0..<60 where Set(numbers()).count < count { usleep(1_000_000) }
    return Set(numbers()).count == count
  }

  static func expectOrder(_ numbers: [Int]) {
    var newest: [Int: Int] = [:]
    var seen: Set<Int> = []
    for number in numbers where seen.insert(number).inserted {
      #expect(
        number > newest[number % users] ?? -1, "\(number) came before an earlier one of its user")
      newest[number % users] = number
    }
  }
}
