import Foundation
import KafkaCluster
import Testing

/// Two replicas of one clinic as members of one group, while their origin changes what they do.
@Suite(
  .enabled(if: Sealpost.isBuilt, "sealpost is not built"),
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
struct ReplicaStreamTests {
  @Test func `a rotated key and a removed field reach both under load, for every user in one step`()
    throws
  {
    let cluster = try KafkaCluster(["events": 6])
    let origin = try ReplicaOrigin()
    try origin.clinic.writeProperties("session.timeout.ms=6000\nheartbeat.interval.ms=300\n")
    var sent = 0
    func send(_ rounds: Int) throws {
      for _ in 0..<rounds {
        let numbers = sent..<sent + 11
        try cluster.put(
          "events", numbers.map { ("u\($0 % 11)", ReplicaOrigin.event($0)) })
        sent += 11
        usleep(50_000)
      }
    }
    let hosts = try ["r1", "r2"].map { name in
      try origin.replica(name)
      return try origin.host(
        name, "--stream", cluster.address("events", group: "g"), "--stream-properties",
        "p.properties")
    }
    func until(_ isReached: () throws -> Bool) throws {
      for _ in 0..<300 {
        if try isReached() { return }
        try send(1)
        usleep(50_000)
      }
      Issue.record("\(hosts.map(\.errors))")
    }
    try until { hosts.allSatisfy { $0.errors.contains("reading 3 partitions") } }
    try origin.clinic.done(
      "encryption", "rotate-key", "hook", "--generate-key", "--private-key-out", "private-2.pem")
    try origin.clinic.done("encryption", "fields", "remove", "hook", "phone")
    try send(3)
    try origin.snapshot()
    try until { hosts.allSatisfy { $0.errors.contains("snapshot_applied") } }
    try send(5)
    // Looks seldom: each look reads all that came.
    for _ in 0..<60 where Set(origin.delivered.map(\.number)).count < sent { usleep(1_000_000) }
    for host in hosts { host.signal(SIGINT) }
    #expect(hosts.map { $0.end() } == [0, 0], "\(hosts.map(\.errors))")

    let delivered = origin.delivered
    #expect(Set(delivered.map(\.number)) == Set(0..<sent))
    let keys = Set(delivered.map(\.key))
    #expect(keys.count == 2)
    let first = try #require(delivered.first?.key)
    // Both changes came in one snapshot, so no event has one of them without the other.
    #expect(delivered.allSatisfy { ($0.key == first) == $0.hidesPhone })
    var seen: Set<Int> = []
    var newest: [Int: ReplicaOrigin.Delivered] = [:]
    for event in delivered where seen.insert(event.number).inserted {
      if let last = newest.updateValue(event, forKey: event.number % 11) {
        #expect(last.number < event.number)
        #expect(last.key == first || event.key != first, "\(event.number) went back to the old key")
      }
    }
    #expect(try origin.opened(with: ["private.pem", "private-2.pem"]) == delivered.count)
    for name in ["r1", "r2"] { #expect(try origin.hasSoundLog(name)) }
  }
}
