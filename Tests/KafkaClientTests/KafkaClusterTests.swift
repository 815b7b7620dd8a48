import Foundation
import KafkaCluster
import Synchronization
import Testing

@testable import KafkaClient

/// The client against three brokers of librdkafka's own mock cluster.
@Suite(
  .serialized,
  .enabled(if: KafkaCluster.isAvailable, "python3 and librdkafka1 are needed for a cluster"))
struct KafkaClusterTests {
  /// A consumer that notes what it gets, and lets partitions come and go.
  private final class Reader {
    let consumer: KafkaConsumer
    var values: [String] = []
    var next: [Int32: Int64] = [:]
    var partitions: Set<Int32> = []

    init(_ cluster: KafkaCluster, group: String = "g") throws {
      let properties = try KafkaProperties(
        Array("session.timeout.ms=6000\nheartbeat.interval.ms=300\n".utf8), path: "p")
      consumer = try KafkaConsumer(
        KafkaAddress(cluster.address("events")), group: group, properties, tell: { _ in })
    }

    /// One poll, answered as the group expects it.
    func step(_ milliseconds: Int32 = 100) throws {
      let answer = try consumer.poll(milliseconds: milliseconds) { value, position, _ in
        values.append(Self.text(value))
        next[position.partition] = position.offset + 1
      }
      switch answer {
      case .nothing, .message: break
      case .assigned(let list):
        try consumer.accept(list)
        partitions.formUnion(list)
      case .revoked(let list, _):
        _ = consumer.commit(list.compactMap(position))
        try consumer.release(list)
        partitions.subtract(list)
      }
    }

    private static func text(_ value: RawSpan?) -> String {
      guard let value else { return "none" }
      return unsafe value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    func position(_ partition: Int32) -> KafkaPosition? {
      next[partition].map { KafkaPosition(partition: partition, offset: $0) }
    }

    func until(_ seconds: Double = 30, _ isReached: () -> Bool) throws -> Bool {
      let end = ContinuousClock.now + .seconds(seconds)
      while !isReached() {
        guard ContinuousClock.now < end else { return false }
        try step()
      }
      return true
    }
  }

  private static func messages(_ range: Range<Int>) -> [(key: String, value: String)] {
    range.map { ("user-\($0 % 7)", "value-\($0)") }
  }

  @Test func `what is committed is not read again, what is not is`() throws {
    let cluster = try KafkaCluster(["events": 4])
    try cluster.put("events", Self.messages(0..<20))
    let first = try Reader(cluster)
    #expect(try first.until { first.values.count == 20 })
    #expect(Set(first.values).count == 20)
    #expect(first.consumer.commit(first.next.keys.compactMap(first.position)) == nil)
    try cluster.put("events", Self.messages(20..<30))
    #expect(try first.until { first.values.count == 30 })
    first.consumer.close()

    let second = try Reader(cluster)
    #expect(try second.until { second.values.count == 10 })
    #expect(Set(second.values) == Set(Self.messages(20..<30).map(\.value)))
    let committed = try #require(second.consumer.committed([0, 1, 2, 3], milliseconds: 5000))
    #expect(committed.reduce(0) { $0 + $1.offset } == 20)
    let all: [Int32] = [0, 1, 2, 3]
    let start = try #require(second.consumer.firstOffsets(all, milliseconds: 5000))
    #expect(start == [0: 0, 1: 0, 2: 0, 3: 0])
    let ends = try #require(second.consumer.ends(all, milliseconds: 5000))
    #expect(ends.values.reduce(0, +) == 30)
    let known = (0..<4).compactMap { second.consumer.knownEnd($0) }.reduce(0, +)
    #expect(known == 30)
  }

  @Test func `a question to brokers that are away has no answer, and takes no longer than it may`()
    throws
  {
    let cluster = try KafkaCluster(["events": 1])
    try cluster.put("events", Self.messages(0..<3))
    let reader = try Reader(cluster)
    #expect(try reader.until { reader.values.count == 3 })
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    #expect(try reader.until(1) { false } == false)
    #expect(reader.consumer.ends([0], milliseconds: 300) == nil)
    #expect(reader.consumer.firstOffsets([0], milliseconds: 300) == nil)
    for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    #expect(try reader.until { reader.consumer.ends([0], milliseconds: 300) == [0: 3] })
  }

  @Test func `a message without a value is told as such`() throws {
    let cluster = try KafkaCluster(["events": 1])
    let producer = try KafkaProducer(KafkaAddress(cluster.address("events"))) { _ in }
    let told = Mutex<String??>(nil)
    let receipt = KafkaReceipt(count: 1) { failure in told.withLock { $0 = .some(failure) } }
    #expect(try Self.send("", to: producer, receipt))
    while told.withLock({ $0 == nil }) { producer.poll(milliseconds: 100) }
    #expect(told.withLock { $0 } == .some(nil))
    let reader = try Reader(cluster)
    #expect(try reader.until { reader.values.count == 1 })
    #expect(reader.values == [""])
  }

  @Test
  func `partitions move to a second member and back, and nobody reads twice what was committed`()
    throws
  {
    let cluster = try KafkaCluster(["events": 6])
    try cluster.put("events", Self.messages(0..<50))
    let first = try Reader(cluster)
    #expect(try first.until { first.values.count == 50 })
    let second = try Reader(cluster)
    #expect(try second.until(0.3) { false } == false)
    #expect(
      try first.until {
        try? second.step(10)
        return first.partitions.count == 3 && second.partitions.count == 3
      })
    #expect(first.partitions.isDisjoint(with: second.partitions))
    try cluster.put("events", Self.messages(50..<100))
    #expect(
      try first.until {
        try? second.step(10)
        return first.values.count + second.values.count >= 100
      })
    #expect(first.values.count + second.values.count == 100)
    #expect(Set(first.values + second.values).count == 100)
    second.consumer.close()
    #expect(try first.until { first.partitions.count == 6 })
  }

  @Test func `a paused consumer polls without getting messages`() throws {
    let cluster = try KafkaCluster(["events": 2])
    let reader = try Reader(cluster)
    // A partition begins unpaused, so it is read from before it is paused.
    try cluster.put("events", Self.messages(0..<10))
    #expect(try reader.until { reader.values.count == 10 })
    reader.consumer.pause([0, 1], true)
    reader.values = []
    try cluster.put("events", Self.messages(10..<20))
    #expect(try reader.until(1.5) { !reader.values.isEmpty } == false)
    reader.consumer.pause([0, 1], false)
    #expect(try reader.until { reader.values.count == 10 })
  }

  @Test func `brokers that vanish and come back cost time and no message`() throws {
    let cluster = try KafkaCluster(["events": 4])
    try cluster.put("events", Self.messages(0..<10))
    let reader = try Reader(cluster)
    #expect(try reader.until { reader.values.count == 10 })
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    #expect(try reader.until(1) { false } == false)
    for broker in 1...3 { try cluster.setBroker(broker, isUp: true) }
    try cluster.put("events", Self.messages(10..<30))
    #expect(try reader.until { Set(reader.values).count == 30 })
  }

  @Test func `a sent message is stored in its key's partition, in the order it was sent`() throws {
    let cluster = try KafkaCluster(["events": 5])
    let producer = try KafkaProducer(KafkaAddress(cluster.address("events"))) { _ in }
    let failures = Mutex<[String?]>([])
    let receipt = KafkaReceipt(count: 200) { failure in failures.withLock { $0.append(failure) } }
    // Not leader, and not enough replicas: the client has to try again, without changing the order.
    try cluster.failNext(0, with: [6, 19, 6, 6])
    for number in 0..<200 {
      #expect(try Self.send("value-\(number)", key: "user-\(number % 5)", to: producer, receipt))
    }
    #expect(failures.withLock { $0.isEmpty })
    #expect(producer.flush(milliseconds: 30_000))
    #expect(producer.trouble(milliseconds: 5_000) == nil)
    #expect(failures.withLock { $0 } == [nil])
    let stored = try cluster.messages("events")
    #expect(Set(stored.compactMap(\.value)).count == 200)
    #expect(stored.count == 200)
    for user in 0..<5 {
      let own = stored.filter { $0.key == "user-\(user)" }
      #expect(Set(own.map(\.partition)).count == 1)
      #expect(own.compactMap(\.value) == stride(from: user, to: 200, by: 5).map { "value-\($0)" })
    }
  }

  @Test func `a message that no broker takes is told as failed`() throws {
    let cluster = try KafkaCluster(["events": 1])
    for broker in 1...3 { try cluster.setBroker(broker, isUp: false) }
    let properties = try KafkaProperties(Array("delivery.timeout.ms=1000".utf8), path: "p")
    let producer = try KafkaProducer(KafkaAddress(cluster.address("events")), properties) { _ in }
    let failures = Mutex<[String?]>([])
    let receipt = KafkaReceipt(count: 2) { failure in failures.withLock { $0.append(failure) } }
    #expect(try Self.send("a", to: producer, receipt))
    #expect(try Self.send("b", to: producer, receipt))
    #expect(producer.trouble(milliseconds: 300) != nil)
    let end = ContinuousClock.now + .seconds(20)
    while failures.withLock({ $0.isEmpty }), .now < end { producer.poll(milliseconds: 100) }
    #expect(failures.withLock { $0 } == ["Local: Message timed out"])
  }

  private static func send(
    _ value: String, key: String = "k", to producer: KafkaProducer, _ receipt: KafkaReceipt
  ) throws -> Bool {
    let (value, key) = (Array(value.utf8), Array(key.utf8))
    return try unsafe producer.send(value.span.bytes, key: key.span.bytes, receipt) == .taken
  }
}
