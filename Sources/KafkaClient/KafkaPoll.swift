/// What a poll brought.
package enum KafkaPoll: Sendable, Equatable {
  case nothing
  /// It was given to the poll's closure.
  case message
  /// These partitions are to be read from now on: answer by ``KafkaConsumer/accept(_:)``.
  case assigned([Int32])
  /// These go to another member of the group: finish what was read of them, commit, then ``KafkaConsumer/release(_:)``.
  ///
  /// `isLost`: another member has them already; nothing can be committed any more.
  case revoked([Int32], isLost: Bool)
}
