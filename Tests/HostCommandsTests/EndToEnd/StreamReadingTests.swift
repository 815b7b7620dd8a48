import Foundation
import KafkaCluster
import Testing
import Workbench

extension StreamTests {
  /// What one host makes of a topic's messages.
  @Suite struct Reading {
    @Test func `what a group has read is delivered once, and the next run goes on behind it`()
      throws
    {
      let cluster = try KafkaCluster(["events": 4])
      let clinic = try Clinic.streaming()
      try cluster.put("events", StreamTests.messages(0..<40))
      var host = try LiveSealpost(clinic, cluster)
      #expect(StreamTests.until { clinic.arrived.count == 40 })
      #expect(host.stop() == 0, "\(host.errors)")
      #expect(host.errors.contains("stream: reading 4 partitions (0, 1, 2, 3)"))
      try cluster.put("events", StreamTests.messages(40..<60))
      host = try LiveSealpost(clinic, cluster)
      #expect(StreamTests.until { clinic.arrived.count >= 60 })
      #expect(host.stop() == 0, "\(host.errors)")
      let numbers = StreamTests.numbers(clinic.arrived)
      #expect(numbers.sorted() == Array(0..<60))
      StreamTests.expectOrder(numbers)
    }

    @Test func `a message that is no event is told with its place, kept, and stops nothing`() throws
    {
      let cluster = try KafkaCluster(["events": 1])
      let clinic = try Clinic.streaming()
      try cluster.put(
        "events",
        [
          ("k", StreamTests.event(0)), ("k", "{\"type\":"), ("k", "[]"),
          ("k", StreamTests.event(1)),
        ])
      let host = try LiveSealpost(clinic, cluster)
      #expect(StreamTests.until { clinic.arrived.count == 2 })
      #expect(host.stop() == 65)
      #expect(host.errors.contains("message 0:1 rejected: "))
      #expect(host.errors.contains("message 0:2 rejected: "))
      let kept = try clinic.done("dead-letter", "list", "@rejected").output
      #expect(kept.split(separator: "\n").count == 3)
    }

    @Test func `an event without a messageId has the same one whoever reads it`() throws {
      let cluster = try KafkaCluster(["events": 2])
      try cluster.put("events", (0..<6).map { ("u\($0)", StreamTests.event($0, messageID: false)) })
      let outputs = try (0..<2).map { number in
        let clinic = try Clinic.streaming()
        let host = try LiveSealpost(clinic, cluster, group: "g\(number)")
        #expect(StreamTests.until { clinic.arrived.count == 6 })
        #expect(host.stop() == 0)
        return Set(clinic.arrived)
      }
      #expect(outputs[0] == outputs[1])
      let ids = outputs[0].compactMap { $0.firstMatch(of: #/"messageId":"([0-9a-f-]{36})"/#)?.1 }
      #expect(Set(ids).count == 6)
    }

    private static let hasKcat = (try? Sealpost.run("kcat", ["-V"]))?.code == 0

    @Test(.enabled(if: hasKcat, "kcat is not installed here"))
    func `what kcat reads of a topic is taken from a pipe`() throws {
      let cluster = try KafkaCluster(["events": 3])
      let clinic = try Clinic.streaming()
      try cluster.put("events", StreamTests.messages(0..<50))
      let outcome = try Sealpost.run(
        "bash",
        [
          "-o", "pipefail", "-c",
          "kcat -C -q -e -b \(cluster.brokers) -t events | \(Sealpost.executable) run --input - --until-idle",
        ], in: clinic.folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(StreamTests.numbers(clinic.arrived).sorted() == Array(0..<50))
    }
  }
}
