internal import KafkaClient

/// Finds out how far the host is behind the end of its partitions; used by the reader's thread.
///
/// What the brokers answer to each fetch says where a partition ends, and costs nothing to look at. Where no message
/// comes, since there is none, since the reading is held, or since the brokers are away, they are asked: an end
/// that nobody has confirmed lately is told as unknown.
struct StreamLag {
  /// How often it is looked at.
  private static let pause = Duration.seconds(1)
  /// How long the last answer is believed when no message comes.
  private static let silence = Duration.seconds(5)
  private static let questionMilliseconds: Int32 = 1000

  private let consumer: KafkaConsumer
  private let group: String
  /// Where the reading of each partition begins; nil until the group has given some.
  private var starts: [Int32: Int64?]?
  /// What the brokers said when they were asked.
  private var asked: [Int32: Int64] = [:]
  private var isAnswered = true
  private var lastLook = Moment.now
  /// When a message or an answer came, or should have come.
  private var lastWord = Moment.now

  init(_ consumer: KafkaConsumer, group: String) {
    self.consumer = consumer
    self.group = group
  }

  /// These are read from now on, from these offsets as far as they are known.
  mutating func add(_ partitions: [Int32], from offsets: [Int32: Int64]) {
    var all = starts ?? [:]
    for partition in partitions { all[partition] = .some(offsets[partition]) }
    starts = all
  }

  mutating func remove(_ partitions: [Int32]) {
    for partition in partitions {
      starts?[partition] = nil
      asked[partition] = nil
    }
  }

  /// A message came: the fetch that brought it says where its partition ends.
  mutating func noteMessage() {
    lastWord = .now
    isAnswered = true
  }

  /// The standing, when it is time for one.
  ///
  /// - Parameter durable: behind the last message that is durable, of each partition.
  mutating func look(_ durable: [Int32: Int64]) -> StreamStanding? {
    guard lastLook.duration(to: .now) >= Self.pause else { return nil }
    lastLook = .now
    if lastWord.duration(to: .now) >= Self.silence { ask() }
    return standing(durable)
  }

  private mutating func ask() {
    let answer = consumer.ends(
      starts?.keys.sorted() ?? [], milliseconds: Self.questionMilliseconds)
    isAnswered = answer != nil
    asked = answer ?? [:]
    lastWord = .now
  }

  func standing(_ durable: [Int32: Int64]) -> StreamStanding {
    StreamStanding(
      topic: consumer.topic, group: group,
      partitions: starts?.sorted { $0.key < $1.key }.map { number, start in
        StreamStanding.Partition(
          number: Int(number), next: (durable[number] ?? start).map { Int($0) },
          end: isAnswered ? end(number).map { Int($0) } : nil)
      })
  }

  private func end(_ partition: Int32) -> Int64? {
    [consumer.knownEnd(partition), asked[partition]].compactMap(\.self).max()
  }
}
