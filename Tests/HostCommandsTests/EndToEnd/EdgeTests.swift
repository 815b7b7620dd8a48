import Foundation
import KafkaCluster
import Testing
import Workbench

/// `run --listen --produce`: edges in front of a topic, and hosts behind it.
@Suite(
  .serialized, .enabled(if: Sealpost.isBuilt, "sealpost is not built"),
  .enabled(if: ListenTests.hasCurl, "curl is not installed here"),
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
struct EdgeTests {
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil

  /// An edge that listens, its write key, and where it says how it is.
  private final class Edge {
    let host: ListeningHost
    let clinic: Clinic
    let key: String

    init(
      _ cluster: KafkaCluster, _ clinic: Clinic? = nil, key: String? = nil,
      at address: String = "127.0.0.1:0", properties: String = ""
    ) throws {
      let own = try clinic ?? Clinic()
      self.clinic = own
      self.key = try key ?? own.addSource("website")
      try own.writeProperties(properties)
      host = try ListeningHost(
        own, address,
        [
          "--produce", cluster.address("events"), "--stream-properties", "p.properties",
          "--metrics", "127.0.0.1:0",
        ])
    }

    struct Answer {
      let status: Int
      let head: String
      let body: String
    }

    func post(_ path: String, _ body: String, key: String? = nil) throws -> Answer {
      let outcome = try Sealpost.run(
        "curl",
        ["-sS", "-i", "-u", "\(key ?? self.key):", host.urls[0] + path, "-d", "@-"], input: body)
      let parts = outcome.output.components(separatedBy: "\r\n\r\n")
      let status = Int(parts[0].split(separator: " ").dropFirst().first ?? "") ?? 0
      return Answer(status: status, head: parts[0], body: parts.dropFirst().joined())
    }

    func get(_ path: String) throws -> String {
      let place = host.said.firstMatch(of: #/metrics on ([0-9.:]+)/#).map { String($0.1) } ?? ""
      return try Sealpost.run("curl", ["-sS", "http://\(place)\(path)"]).output
    }
  }

  private static func event(_ user: String, _ number: Int) -> String {
    #"{"userId":"\#(user)","event":"Visited","messageId":"m\#(number)","properties":{"n":\#(number)}}"#
  }

  @Test func `a call's events are with the brokers, keyed by user, before it is answered`() throws {
    let cluster = try KafkaCluster(["events": 4])
    let edge = try Edge(cluster)
    #expect(try edge.get("/readyz").contains(#""ready":true"#))
    #expect(try edge.post("/v1/track", Self.event("u1", 1)).body == #"{"success":true}"#)
    let batch =
      #"{"batch":[{"type":"track","event":"a","anonymousId":"\u0061nn","messageId":"b1"},{"type":"x"},"#
      + #"{"type":"identify","userId":7}]}"#
    let answer = try edge.post("/v1/batch", batch)
    #expect(answer.status == 200 && answer.body.contains(#""rejected":1"#), "\(answer.body)")
    #expect(answer.body.contains(#""index":1"#))
    #expect(try edge.post("/v1/track", #"{"userId":"u1"}"#).status == 400)
    #expect(try edge.post("/v1/track", Self.event("u1", 2), key: "stranger").status == 401)
    let long = Self.event(String(repeating: "x", count: 33_000), 3)
    #expect(try edge.post("/v1/track", long).status == 413)
    let stored = try cluster.messages("events")
    #expect(Set(stored.map { $0.key ?? "" }) == ["u1", "ann", "7"] && stored.count == 3)
    for message in stored {
      let value = try #require(message.value)
      #expect(value.contains(#""receivedAt":""#) && value.contains(#""messageId":""#), "\(value)")
    }
    let metrics = try edge.get("/metrics")
    for line in [
      #"sealpost_produce_acknowledged_events_total{topic="events"} 3"#,
      #"sealpost_produce_failed_events_total{topic="events"} 0"#,
      #"sealpost_produce_in_flight_events{topic="events"} 0"#,
      #"sealpost_source_accepted_events_total{source="website"} 3"#,
      #"sealpost_source_rejected_events_total{source="website",reason="too_long"} 1"#,
    ] { #expect(metrics.contains(line + "\n"), "\(line)") }
    #expect(
      try edge.clinic.done("status").output.contains(
        "topic events: 3 events acknowledged, 0 failed, 0 in flight\n"))
    #expect(edge.host.stop() == 65, "\(edge.host.said)")
    #expect(edge.host.said.contains("topic events: 3 events acknowledged"))
  }

  @Test func `what an edge wrote on an event reaches the destination as it is`() throws {
    let cluster = try KafkaCluster(["events": 2])
    let edge = try Edge(cluster)
    #expect(try edge.post("/v1/identify", #"{"userId":"u1"}"#).status == 200)
    // The longest that is taken: a host takes it, too, though it has grown.
    let pad = String(repeating: "p", count: 32_768 - Self.event("u2", 2).utf8.count)
    #expect(try edge.post("/v1/track", Self.event("u2\(pad)", 2)).status == 200)
    let clinic = try Clinic.streaming()
    let host = try LiveSealpost(clinic, cluster)
    let stored = Set(try cluster.messages("events").compactMap(\.value))
    var lines: [String] = []
    for _ in 0..<150 where lines.count < 2 {
      usleep(200_000)
      let text = try? clinic.folder.text("out.ndjson")
      lines = text?.split(separator: "\n").map(String.init) ?? []
    }
    #expect(stored.count == 2 && Set(lines) == stored, "\(host.errors)")
    #expect(host.stop() == 0, "\(host.errors)")
    #expect(edge.host.stop() == 0, "\(edge.host.said)")
  }

  @Test func `brokers that refuse or are away make a 503, and the same call is taken later`() throws
  {
    let cluster = try KafkaCluster(["events": 1])
    let edge = try Edge(cluster, properties: "delivery.timeout.ms=1500\n")
    // An invalid record: the client does not try again.
    try cluster.failNext(0, with: [87])
    let refused = try edge.post("/v1/track", Self.event("u", 1))
    #expect(refused.status == 503 && refused.head.contains("Retry-After: 5"), "\(refused)")
    #expect(refused.body.contains(#""success":false"#))
    #expect(try edge.post("/v1/track", Self.event("u", 1)).status == 200, "\(edge.host.said)")
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    #expect(try edge.post("/v1/track", Self.event("u", 2)).status == 503)
    let unready = try edge.get("/readyz")
    #expect(unready.contains(#""name":"brokers""#) && unready.contains(#""ready":false"#))
    #expect(try edge.get("/metrics").contains(#"failed_events_total{topic="events"} 2"#))
    for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    // Nobody sends: the edge finds out by itself that it can take calls again.
    var isReady = false
    for _ in 0..<100 where !isReady {
      usleep(200_000)
      isReady = try edge.get("/readyz").contains(#""ready":true"#)
    }
    #expect(isReady)
    #expect(try edge.post("/v1/track", Self.event("u", 2)).status == 200)
    let ids = try cluster.messages("events").compactMap {
      $0.value?.firstMatch(of: #/"messageId":"(m\d)"/#).map { String($0.1) }
    }
    #expect(ids.filter { $0 == "m1" }.count >= 1 && ids.last == "m2")
    #expect(edge.host.stop() == 0, "\(edge.host.said)")
  }

  @Test func `a stop waits for what is on its way`() throws {
    let cluster = try KafkaCluster(["events": 1])
    let edge = try Edge(cluster)
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    let answer = Waiting { try edge.post("/v1/track", Self.event("u", 1)) }
    for _ in 0..<100
    where try !edge.get("/metrics").contains(#"in_flight_events{topic="events"} 1"#) {
      usleep(50_000)
    }
    let stopping = Waiting { edge.host.stop() }
    usleep(300_000)
    for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    #expect(try answer.value.status == 200, "\(edge.host.said)")
    #expect(try stopping.value == 0, "\(edge.host.said)")
    #expect(try cluster.messages("events").count == 1)
  }

  /// What a thread of its own comes to.
  private final class Waiting<Value>: @unchecked Sendable {
    // Protected by the semaphore.
    private var result: Result<Value, any Error>?
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping () throws -> Value) {
      let work = Work(body: body)
      Thread { [self] in
        result = Result { try work.body() }
        done.signal()
      }.start()
    }

    private struct Work: @unchecked Sendable {
      // Protected by handover to one thread.
      let body: () throws -> Value
    }

    var value: Value {
      get throws {
        done.wait()
        done.signal()
        return try result!.get()
      }
    }
  }

  @Test(arguments: [
    (["--produce", "kafka://127.0.0.1/events"], "nothing listens"),
    (
      ["--listen", "127.0.0.1:0", "--produce", "kafka://127.0.0.1/e", "--input", "-"], "\"--input\""
    ),
    (
      [
        "--listen", "127.0.0.1:0", "--produce", "kafka://127.0.0.1/e", "--stream",
        "kafka://127.0.0.1/e",
      ], "\"--stream\""
    ),
    (["--listen", "127.0.0.1:0", "--produce", "kafka://127.0.0.1/e?group=g"], "is in no group"),
  ])
  func `options that contradict each other are refused`(words: [String], text: String) throws {
    let outcome = try Clinic(signed: false).sealpost(["run"] + words)
    #expect(outcome.code == 2 && outcome.errors.contains(text), "\(outcome.errors)")
  }
}
