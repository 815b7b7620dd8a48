import Foundation
import KafkaCluster
import Testing

/// Hosts that read a topic of a cluster of three brokers, as members of one group.
@Suite(
  .serialized, .enabled(if: Sealpost.isBuilt, "sealpost is not built"),
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
struct StreamTests {
  private static let users = 11

  private static func event(_ number: Int, messageID: Bool = true) -> String {
    let id = messageID ? #""messageId":"m\#(number)","# : ""
    return #"{"type":"track","event":"Visited","userId":"u\#(number % users)",\#(id)"#
      + #""properties":{"n":\#(number)}}"#
  }

  private static func messages(_ range: Range<Int>) -> [(key: String, value: String)] {
    range.map { ("u\($0 % users)", event($0)) }
  }

  private static func lines(_ folder: TemporaryFolder) -> [String] {
    let text = (try? String(contentsOfFile: folder.file("out.ndjson"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// Waits a minute at most.
  private static func until(_ isReached: () -> Bool) -> Bool {
    for _ in 0..<300 where !isReached() { usleep(200_000) }
    return isReached()
  }

  /// The numbers of the events in the order they came; each as it was sent.
  private static func numbers(_ lines: [String]) -> [Int] {
    lines.compactMap { line in
      guard let start = line.range(of: #""n":"#) else { return nil }
      let number = Int(line[start.upperBound...].prefix { $0.isNumber })
      if let number { #expect(line == event(number)) }
      return number
    }
  }

  private static func numbers(_ peer: WebhookPeer) -> [Int] {
    peer.requests.flatMap(\.events).compactMap { event in
      (event["properties"] as? [String: Any])?["n"] as? Int
    }
  }

  /// Waits until so many different events came; looks seldom, since each look reads all.
  private static func waitFor(_ count: Int, _ numbers: () -> [Int]) -> Bool {
    for _ in 0..<60 where Set(numbers()).count < count { usleep(1_000_000) }
    return Set(numbers()).count == count
  }

  private static func expectOrder(_ numbers: [Int]) {
    var newest: [Int: Int] = [:]
    var seen: Set<Int> = []
    for number in numbers where seen.insert(number).inserted {
      #expect(
        number > newest[number % users] ?? -1, "\(number) came before an earlier one of its user")
      newest[number % users] = number
    }
  }

  @Test func `what a group has read is delivered once, and the next run goes on behind it`() throws
  {
    let cluster = try KafkaCluster(["events": 4])
    let clinic = try Clinic.streaming()
    try cluster.put("events", Self.messages(0..<40))
    var host = try StreamHost(clinic, cluster)
    #expect(Self.until { Self.lines(clinic.folder).count == 40 })
    #expect(host.stop() == 0, "\(host.errors)")
    #expect(host.errors.contains("stream: reading 4 partitions (0, 1, 2, 3)"))
    try cluster.put("events", Self.messages(40..<60))
    host = try StreamHost(clinic, cluster)
    #expect(Self.until { Self.lines(clinic.folder).count >= 60 })
    #expect(host.stop() == 0, "\(host.errors)")
    let numbers = Self.numbers(Self.lines(clinic.folder))
    #expect(numbers.sorted() == Array(0..<60))
    Self.expectOrder(numbers)
  }

  @Test func `a message that is no event is told with its place, kept, and stops nothing`() throws {
    let cluster = try KafkaCluster(["events": 1])
    let clinic = try Clinic.streaming()
    try cluster.put(
      "events", [("k", Self.event(0)), ("k", "{\"type\":"), ("k", "[]"), ("k", Self.event(1))])
    let host = try StreamHost(clinic, cluster)
    #expect(Self.until { Self.lines(clinic.folder).count == 2 })
    #expect(host.stop() == 65)
    #expect(host.errors.contains("message 0:1 rejected: "))
    #expect(host.errors.contains("message 0:2 rejected: "))
    let kept = try clinic.done("dead-letter", "list", "@rejected").output
    #expect(kept.split(separator: "\n").count == 3)
  }

  @Test func `an event without a messageId has the same one whoever reads it`() throws {
    let cluster = try KafkaCluster(["events": 2])
    try cluster.put("events", (0..<6).map { ("u\($0)", Self.event($0, messageID: false)) })
    let outputs = try (0..<2).map { number in
      let clinic = try Clinic.streaming()
      let host = try StreamHost(clinic, cluster, group: "g\(number)")
      #expect(Self.until { Self.lines(clinic.folder).count == 6 })
      #expect(host.stop() == 0)
      return Set(Self.lines(clinic.folder))
    }
    #expect(outputs[0] == outputs[1])
    let ids = outputs[0].compactMap { $0.firstMatch(of: #/"messageId":"([0-9a-f-]{36})"/#)?.1 }
    #expect(Set(ids).count == 6)
  }

  @Test func `hosts that join and leave under load lose nothing and keep every user's order`()
    throws
  {
    let cluster = try KafkaCluster(["events": 6])
    let peer = try WebhookPeer("[{}]")
    let clinics = try (0..<3).map { _ in try Clinic.streaming(sendingTo: peer) }
    let first = try StreamHost(clinics[0], cluster)
    #expect(Self.until { first.errors.contains("reading 6 partitions") })
    var sent = 0
    func send(_ rounds: Int) throws {
      for _ in 0..<rounds {
        try cluster.put("events", Self.messages(sent..<sent + 50))
        sent += 50
        usleep(100_000)
      }
    }
    let second = try StreamHost(clinics[1], cluster)
    var rounds = 0
    while !second.errors.contains("reading 3 partitions"), rounds < 200 {
      try send(1)
      rounds += 1
    }
    #expect(second.errors.contains("reading 3 partitions"), "\(second.errors)")
    let third = try StreamHost(clinics[2], cluster)
    while !third.errors.contains("reading 2 partitions"), rounds < 400 {
      try send(1)
      rounds += 1
    }
    #expect(third.errors.contains("reading 2 partitions"), "\(third.errors)")
    #expect(first.stop() == 0, "\(first.errors)")
    try send(20)
    #expect(Self.waitFor(sent) { Self.numbers(peer) })
    #expect(second.stop() == 0, "\(second.errors)")
    #expect(third.stop() == 0, "\(third.errors)")
    let numbers = Self.numbers(peer)
    #expect(Set(numbers) == Set(0..<sent))
    Self.expectOrder(numbers)
  }

  @Test func `a killed host loses nothing, and what comes twice is the same event`() throws {
    let cluster = try KafkaCluster(["events": 6])
    let clinics = try (0..<2).map { _ in try Clinic.streaming() }
    let killed = try StreamHost(clinics[0], cluster)
    #expect(Self.until { killed.errors.contains("reading 6 partitions") })
    let survivor = try StreamHost(clinics[1], cluster)
    var sent = 0
    while !survivor.errors.contains("reading 3 partitions"), sent < 10_000 {
      try cluster.put("events", Self.messages(sent..<sent + 50))
      sent += 50
      usleep(100_000)
    }
    #expect(survivor.errors.contains("reading 3 partitions"))
    for _ in 0..<10 {
      try cluster.put("events", Self.messages(sent..<sent + 100))
      sent += 100
    }
    _ = killed.stop(SIGKILL)
    try cluster.put("events", Self.messages(sent..<sent + 200))
    sent += 200
    // What the killed host had accepted lies in its queues until it runs again.
    let again = try clinics[0].sealpost("run", "--until-idle")
    #expect(again.code == 0, "\(again.errors)")
    #expect(Self.waitFor(sent) { clinics.flatMap { Self.numbers(Self.lines($0.folder)) } })
    #expect(survivor.stop() == 0, "\(survivor.errors)")
  }

  @Test func `brokers that vanish are told of, and cost no message`() throws {
    let cluster = try KafkaCluster(["events": 4])
    let clinic = try Clinic.streaming()
    let host = try StreamHost(clinic, cluster)
    try cluster.put("events", Self.messages(0..<20))
    #expect(Self.until { Self.lines(clinic.folder).count == 20 })
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    #expect(
      Self.until { host.errors.contains("stream: ") && host.errors.contains("brokers are down") })
    for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    try cluster.put("events", Self.messages(20..<50))
    #expect(Self.waitFor(50) { Self.numbers(Self.lines(clinic.folder)) })
    #expect(host.stop() == 0, "\(host.errors)")
  }

  /// The sample of that name and these labels in `/metrics`; nil where there is none.
  private static func metric(_ name: String, of host: StreamHost) throws -> String? {
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
    try cluster.put("events", Self.messages(0..<30))
    let host = try StreamHost(clinic, cluster, ["--metrics", "127.0.0.1:0"])
    #expect(Self.until { Self.lines(clinic.folder).count == 30 })
    let sum = #"sealpost_stream_lag_messages{topic="events",group="g"}"#
    #expect(try Self.untilEqual("0") { try Self.metric(sum, of: host) })
    // No destination is on: nothing is taken, and what comes waits at the brokers.
    try clinic.done("destination", "disable", "file")
    usleep(300_000)
    try cluster.put("events", Self.messages(30..<100))
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
    #expect(Self.until { Self.lines(clinic.folder).count == 100 })
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

  private static let hasKcat = (try? Sealpost.run("kcat", ["-V"]))?.code == 0

  @Test(.enabled(if: hasKcat, "kcat is not installed here"))
  func `what kcat reads of a topic is taken from a pipe`() throws {
    let cluster = try KafkaCluster(["events": 3])
    let clinic = try Clinic.streaming()
    try cluster.put("events", Self.messages(0..<50))
    let outcome = try Sealpost.run(
      "bash",
      [
        "-o", "pipefail", "-c",
        "kcat -C -q -e -b \(cluster.brokers) -t events | \(Sealpost.executable) run --input - --until-idle",
      ], in: clinic.folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(Self.numbers(Self.lines(clinic.folder)).sorted() == Array(0..<50))
  }

  @Test(arguments: [
    (
      ["--stream", "kafka://127.0.0.1"], 2, "the stream's address is not usable: it names no topic"
    ),
    (["--stream-properties", "p.properties"], 2, "there is no stream"),
    (
      ["--stream", "kafka://broker.example/events"], 78,
      "its events would go readable over the network"
    ),
    (
      ["--stream", "kafka://127.0.0.1/events", "--stream-properties", "open.properties"], 77,
      "open.properties"
    ),
    (
      ["--stream", "kafka://127.0.0.1/events", "--stream-properties", "bad.properties"], 78,
      "\"group.id\" is the host's to set"
    ),
  ])
  func `a stream that cannot be read as it should is refused before anything runs`(
    words: [String], code: Int32, text: String
  ) throws {
    let clinic = try Clinic.streaming()
    try clinic.folder.write("open.properties", "sasl.password=hunter2\n")
    try clinic.folder.write("bad.properties", "sasl.password=hunter2\ngroup.id=x\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: clinic.folder.file("open.properties"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: clinic.folder.file("bad.properties"))
    let outcome = try clinic.sealpost(["run"] + words)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(text), "\(outcome.errors)")
    #expect(!outcome.errors.contains("hunter2"))
  }
}
