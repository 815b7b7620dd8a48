package import EventJSON
package import KafkaClient

/// A topic that a run reads as one member of a consumer group.
package struct StreamInput: Sendable {
  package var address: KafkaAddress
  /// Hosts of one group share the topic's partitions.
  package var group: String
  package var properties: KafkaProperties
  /// How long a partition is kept, when it is to go to another host, until what was read from it is delivered.
  package var handover = Duration.seconds(10)

  package init(_ address: KafkaAddress, group: String, _ properties: KafkaProperties) {
    self.address = address
    self.group = group
    self.properties = properties
  }
}

/// What a stream tells; never a message's bytes.
package enum StreamReport: Sendable, Equatable {
  /// The client's own words.
  case notice(KafkaNotice)
  /// These partitions are read from now on; they are all that this host reads.
  case reading([Int32])
  /// A message that is no event.
  case rejected(KafkaPosition, EventRejection)
  /// The brokers removed so many messages before this group had read them.
  case removed(partition: Int32, count: Int64)
  /// A partition went to another host while events of this one wait for a destination: until they are delivered,
  /// a user's events may overtake each other.
  case unfinished(waiting: Int)
  /// The group took partitions away before they were given up: what was read since the last commit is read again.
  case lost([Int32])
}
