/// Where a message stands in its topic.
package struct KafkaPosition: Sendable, Equatable {
  package let partition: Int32
  /// From 0; a committed offset is the one *behind* the last message that is done.
  package let offset: Int64

  package init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}
