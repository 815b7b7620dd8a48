internal import CKafka

// Lists of partitions, as the library takes and fills them.
extension KafkaLibrary {
  func withPartitions<Answer>(
    of topic: String, _ positions: [KafkaPosition], _ body: (Partitions) -> Answer
  ) -> Answer {
    guard let list = unsafe newPartitions(Int32(positions.count)) else {
      Swift.fatalError("librdkafka has no memory for a list of \(positions.count) partitions")
    }
    defer { unsafe destroyPartitions(list) }
    for position in positions {
      let entry = unsafe addPartition(list, topic, position.partition)
      unsafe entry?.pointee.offset = position.offset
    }
    return unsafe body(list)
  }

  static func positions(_ list: Partitions) -> [KafkaPosition] {
    unsafe UnsafeBufferPointer(start: list.pointee.elements, count: Int(list.pointee.count)).map {
      unsafe KafkaPosition(partition: $0.partition, offset: $0.offset)
    }
  }
}
