import Foundation
import KafkaCluster
import Testing

extension StreamTests {
  /// Hosts and brokers come and go.
  @Suite struct Members {
    @Test func `hosts that join and leave under load lose nothing and keep every user's order`()
      throws
    {
      let cluster = try KafkaCluster(["events": 6])
      let peer = try WebhookPeer("[{}]")
      let clinics = try (0..<3).map { _ in try Clinic.streaming(sendingTo: peer) }
      let first = try LiveSealpost(clinics[0], cluster)
      #expect(StreamTests.until { first.errors.contains("reading 6 partitions") })
      var sent = 0
      func send(_ rounds: Int) throws {
        for _ in 0..<rounds {
          try cluster.put("events", StreamTests.messages(sent..<sent + 50))
          sent += 50
          usleep(100_000)
        }
      }
      let second = try LiveSealpost(clinics[1], cluster)
      var rounds = 0
      while !second.errors.contains("reading 3 partitions"), rounds < 200 {
        try send(1)
        rounds += 1
      }
      #expect(second.errors.contains("reading 3 partitions"), "\(second.errors)")
      let third = try LiveSealpost(clinics[2], cluster)
      while !third.errors.contains("reading 2 partitions"), rounds < 400 {
        try send(1)
        rounds += 1
      }
      #expect(third.errors.contains("reading 2 partitions"), "\(third.errors)")
      #expect(first.stop() == 0, "\(first.errors)")
      try send(20)
      #expect(StreamTests.waitFor(sent) { StreamTests.numbers(peer) })
      #expect(second.stop() == 0, "\(second.errors)")
      #expect(third.stop() == 0, "\(third.errors)")
      let numbers = StreamTests.numbers(peer)
      #expect(Set(numbers) == Set(0..<sent))
      StreamTests.expectOrder(numbers)
    }

    @Test func `a killed host loses nothing, and what comes twice is the same event`() throws {
      let cluster = try KafkaCluster(["events": 6])
      let clinics = try (0..<2).map { _ in try Clinic.streaming() }
      let killed = try LiveSealpost(clinics[0], cluster)
      #expect(StreamTests.until { killed.errors.contains("reading 6 partitions") })
      let survivor = try LiveSealpost(clinics[1], cluster)
      var sent = 0
      while !survivor.errors.contains("reading 3 partitions"), sent < 10_000 {
        try cluster.put("events", StreamTests.messages(sent..<sent + 50))
        sent += 50
        usleep(100_000)
      }
      #expect(survivor.errors.contains("reading 3 partitions"))
      for _ in 0..<10 {
        try cluster.put("events", StreamTests.messages(sent..<sent + 100))
        sent += 100
      }
      _ = killed.stop(SIGKILL)
      try cluster.put("events", StreamTests.messages(sent..<sent + 200))
      sent += 200
      // What the killed host had accepted lies in its queues until it runs again.
      let again = try clinics[0].sealpost("run", "--until-idle")
      #expect(again.code == 0, "\(again.errors)")
      #expect(
        StreamTests.waitFor(sent) {
          clinics.flatMap { StreamTests.numbers($0.arrived) }
        })
      #expect(survivor.stop() == 0, "\(survivor.errors)")
    }

    @Test func `brokers that vanish are told of, and cost no message`() throws {
      let cluster = try KafkaCluster(["events": 4])
      let clinic = try Clinic.streaming()
      let host = try LiveSealpost(clinic, cluster)
      try cluster.put("events", StreamTests.messages(0..<20))
      #expect(StreamTests.until { clinic.arrived.count == 20 })
      for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
      #expect(
        StreamTests.until {
          host.errors.contains("stream: ") && host.errors.contains("brokers are down")
        })
      for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
      try cluster.put("events", StreamTests.messages(20..<50))
      #expect(StreamTests.waitFor(50) { StreamTests.numbers(clinic.arrived) })
      #expect(host.stop() == 0, "\(host.errors)")
    }
  }
}
