/// Codes of librdkafka and of the protocol that the host tells apart (`rd_kafka_resp_err_t`).
enum KafkaCode {
  /// `RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS`, `RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS`.
  static let assign: Int32 = -175
  static let revoke: Int32 = -174
  /// The client cannot be used any more; the reason is asked for.
  static let fatal: Int32 = -150
  /// The client's own queue of messages to be sent is full.
  static let queueFull: Int32 = -184
  /// `RD_KAFKA_OFFSET_INVALID`: none is given.
  static let noOffset: Int64 = -1001
  /// The protocol's words, in the place of a time, for the first offset that is there and the one behind the last.
  static let beginning: Int64 = -2
  static let end: Int64 = -1
  /// The group is being divided anew: wrong generation, unknown member, rebalance in progress; or nothing to commit.
  static let moving: Set<Int32> = [22, 25, 27, -168]
  /// What waiting does not mend: no right to the topic or the group, a wrong password.
  static let hopeless: Set<Int32> = [29, 30, 58]
}
