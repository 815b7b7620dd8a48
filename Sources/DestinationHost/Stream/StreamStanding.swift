/// How far a stream is read, as its reader last saw it; offsets, never a message.
package struct StreamStanding: Codable, Sendable, Equatable {
  package struct Partition: Codable, Sendable, Equatable {
    package let number: Int
    /// Behind the last message that is durable for every destination; nil when that is not known yet.
    package let next: Int?
    /// Behind the last message that the brokers have; nil while they have not said so.
    package let end: Int?

    /// Messages between the two; nil where one of them is not known.
    package var lag: Int? {
      guard let next, let end else { return nil }
      return max(0, end - next)
    }
  }

  package let topic: String
  package let group: String
  /// Those that this host reads; nil until its group has said which.
  package let partitions: [Partition]?

  /// Of all partitions that this host reads; nil when it is not known of each of them.
  package var lag: Int? {
    partitions?.reduce(0) { sum, partition in
      guard let sum, let lag = partition.lag else { return nil }
      return sum + lag
    }
  }
}
