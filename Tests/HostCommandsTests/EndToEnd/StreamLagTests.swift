import Foundation
import KafkaCluster
import Testing

extension StreamTests {
  /// How far a host is behind the topic.
  @Suite struct Lag {
    /// The sample of that name and these labels in `/metrics`; nil where there is none.
    private static func metric(_ name: String, of host: LiveSealpost) throws -> String? {
      guard let place = host.errors.firstMatch(of: #/metrics on ([0-9.:]+)/#)?.1 else { return nil }
      let program = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())"
      let text = try Sealpost.run("python3", ["-c", program, "http://\(place)/metrics"]).output
      return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        .map { String($0.dropFirst(name.count + 1)) }
    }

    private static func stream(_ clinic: Clinic) throws -> [String: Any] {
      let status = try clinic.sealpost.json("status") as? [String: Any]
      return status?["stream"] as? [String: Any] ?? [:]
    }

    @Test func `what is not taken shows as a backlog, falls to 0, and is unknown without brokers`()
      throws
    {
      let cluster = try KafkaCluster(["events": 2])
      let clinic = try Clinic.streaming()
      try cluster.put("events", StreamTests.messages(0..<30))
      let host = try LiveSealpost(clinic, cluster, ["--metrics", "127.0.0.1:0"])
      #expect(StreamTests.until { clinic.arrived.count == 30 })
      let sum = #"sealpost_stream_lag_messages{topic="events",group="g"}"#
      #expect(try Self.untilEqual("0") { try Self.metric(sum, of: host) })
      // No destination is on: nothing is taken, and what comes waits at the brokers.
      try clinic.done("destination", "disable", "file")
      usleep(300_000)
      try cluster.put("events", StreamTests.messages(30..<100))
      #expect(try Self.untilEqual("70") { try Self.metric(sum, of: host) })
      let behind = try Self.stream(clinic)
      #expect(behind["lag"] as? Int == 70 && behind["topic"] as? String == "events")
      let partitions = try #require(behind["partitions"] as? [[String: Any]])
      #expect(partitions.compactMap { $0["lag"] as? Int }.reduce(0, +) == 70)
      #expect(partitions.compactMap { $0["end_offset"] as? Int }.reduce(0, +) == 100)
      for number in 0..<2 {
        let each = #"sealpost_stream_partition_lag_messages{topic="events",group="g","#
        let lag = try #require(try Self.metric(each + #"partition="\#(number)"}"#, of: host))
        #expect(Int(lag) == partitions[number]["lag"] as? Int)
      }
      #expect(
        try clinic.done("status").output.contains(
          "stream events, group g: 2 partitions, 70 messages behind\n"))
      try clinic.done("destination", "enable", "file")
      #expect(StreamTests.until { clinic.arrived.count == 100 })
      #expect(try Self.untilEqual("0") { try Self.metric(sum, of: host) })
      for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
      #expect(try Self.untilEqual("NaN") { try Self.metric(sum, of: host) })
      #expect(try Self.stream(clinic)["lag"] is NSNull)
      #expect(try clinic.done("status").output.contains("how far behind is not known"))
      _ = host.stop(SIGKILL)
    }

    /// Waits half a minute at most.
    private static func untilEqual(_ wanted: String, _ value: () throws -> String?) throws -> Bool {
      for _ in 0..<75 {
        if try value() == wanted { return true }
        usleep(400_000)
      }
      return false
    }
  }
}
