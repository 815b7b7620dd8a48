internal import KafkaClient

/// Which message each line of a block is.
struct StreamOrigin: LineOrigin {
  let topic: String
  /// In the order of the lines.
  private(set) var messages: [(position: KafkaPosition, milliseconds: Int64)] = []

  init(topic: String) { self.topic = topic }

  mutating func append(_ position: KafkaPosition, _ milliseconds: Int64) {
    messages.append((position, milliseconds))
  }

  /// Behind the last message of each partition.
  var ends: [Int32: Int64] {
    var ends: [Int32: Int64] = [:]
    for message in messages { ends[message.position.partition] = message.position.offset + 1 }
    return ends
  }

  func position(ofLine number: Int) -> KafkaPosition { messages[number - 1].position }

  /// The message's time belongs to it: a topic that is made anew counts its offsets from 0 again.
  func identity(ofLine number: Int) -> String {
    let (position, milliseconds) = messages[number - 1]
    return "kafka \(topic) \(position.partition) \(position.offset) \(milliseconds)"
  }

  func place(ofLine number: Int) -> Int { Int(position(ofLine: number).offset) }
}
