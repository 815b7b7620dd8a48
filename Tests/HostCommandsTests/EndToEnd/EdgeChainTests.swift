import Foundation
import KafkaCluster
import Testing
import Workbench

/// Senders, two edges, a topic, two hosts, one receiver that counts.
@Suite(
  .serialized, .enabled(if: Sealpost.isBuilt, "sealpost is not built"),
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
struct EdgeChainTests {
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil

  /// Sends the numbers from 0 on, each for one of three users of its own, until its input ends.
  ///
  /// A call that is not answered by 200 is sent again, to the other edge, before the next. Prints what was taken.
  private static let sender = """
    import base64, http.client, json, sys, threading, time
    name, edges = sys.argv[1], [word.split("=") for word in sys.argv[2:]]
    over, n, edge = threading.Event(), 0, 0
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    def taken(address, key, events):
        try:
            connection = http.client.HTTPConnection(address, timeout=15)
            connection.request("POST", "/v1/batch", json.dumps({"batch": events}), {
                "Authorization": "Basic " + base64.b64encode((key + ":").encode()).decode()})
            return connection.getresponse().status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False
    while not over.is_set():
        count = 1 + n % 7
        events = [{"type": "track", "event": "V", "userId": "%s-%d" % (name, i % 3),
                   "messageId": "%s/%d" % (name, i)} for i in range(n, n + count)]
        deadline = time.monotonic() + 40
        while not taken(*edges[edge % 2], events):
            edge += 1
            if time.monotonic() > deadline: sys.exit("nobody takes it")
            time.sleep(0.02)
        print(*(event["messageId"] for event in events), sep="\\n", flush=True)
        n += count
    """

  private final class Sender {
    private let process = Process()
    private let input = Pipe()
    private let folder: Scratch

    init(_ name: String, _ edges: [String]) throws {
      folder = try Scratch()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", EdgeChainTests.sender, name] + edges
      process.standardInput = input
      process.standardOutput = try FileHandle(
        forWritingTo: URL(fileURLWithPath: folder.write("out", "")))
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    /// Ends it; the ids of what it was told is taken.
    func end() throws -> [String] {
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return try folder.text("out")
        .split(separator: "\n").map(String.init)
    }
  }

  @Test
  func
    `what an edge took is delivered, in each user's order, though edges are killed and brokers fail`()
    throws
  {
    let cluster = try KafkaCluster(["events": 6])
    let peer = try WebhookPeer("[{}]")
    let clinics = try (0..<2).map { _ in try Clinic.streaming(sendingTo: peer) }
    let hosts = try clinics.map { try LiveSealpost($0, cluster) }
    let edges = try (0..<2).map { _ in try Clinic() }
    let keys = try edges.map { try $0.addSource("website") }
    let places = (0..<2).map { _ in "127.0.0.1:\(ListeningHost.freePort())" }
    func start(_ number: Int) throws -> ListeningHost {
      try ListeningHost(
        edges[number], places[number],
        ["--produce", cluster.address("events")])
    }
    var running = try [start(0), start(1)]
    let senders = try (0..<3).map { number in
      try Sender("s\(number)", (0..<2).map { "\(places[$0])=\(keys[$0])" })
    }
    for round in 0..<(Self.isNightly ? 60 : 4) {
      usleep(.random(in: 200_000..<500_000))
      running[round % 2].kill()
      // Not the leader, too few replicas, out of memory: the brokers come round.
      try cluster.failNext(0, with: [6, 19, 7])
      if round % 2 == 1 { try cluster.setBroker(1 + round % 3, isUp: false) }
      usleep(200_000)
      running[round % 2] = try start(round % 2)
      for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    }
    usleep(300_000)
    let taken = try senders.flatMap { try $0.end() }
    #expect(taken.count > 100)
    for edge in running { #expect(edge.stop() == 0, "\(edge.said)") }
    var delivered: [String] = []
    for _ in 0..<60 {
      delivered = peer.requests.flatMap(\.ids)
      if Set(taken).isSubset(of: delivered) { break }
      usleep(1_000_000)
    }
    let missing = Set(taken).subtracting(delivered)
    let stored = missing.isEmpty ? 0 : try stored(missing, cluster)
    #expect(missing.isEmpty, "\(stored) of them are in the topic; \(hosts.map(\.errors))")
    expectOrder(delivered)
    for host in hosts { #expect(host.stop() == 0, "\(host.errors)") }
  }

  /// How many of these are with the brokers: for what did not arrive.
  private func stored(_ ids: Set<String>, _ cluster: KafkaCluster) throws -> Int {
    let values = try cluster.messages("events").compactMap(\.value)
    return ids.count { id in values.contains { $0.contains("\"\(id)\"") } }
  }

  /// What comes for the first time comes behind what its user sent before.
  private func expectOrder(_ ids: [String]) {
    var newest: [String: Int] = [:]
    var seen: Set<String> = []
    for id in ids where seen.insert(id).inserted {
      let parts = id.split(separator: "/")
      let number = Int(parts[1]) ?? -1
      let user = "\(parts[0])-\(number % 3)"
      #expect(number > newest[user] ?? -1, "\(id) came before an earlier one of its user")
      newest[user] = number
    }
  }
}
