internal import DestinationHost
internal import EventJSON
internal import KafkaClient

extension StreamReport {
  /// As a line of the log.
  var logEntry: LogEntry {
    switch self {
    case .notice(.trouble(let text)): LogEntry(.warning, "stream_trouble", "stream: \(text)")
    case .notice(.log(let level, let text)):
      LogEntry(level <= 4 ? .warning : .debug, "stream_client_log", "stream: \(text)")
    case .reading(let partitions):
      LogEntry(
        .info, "stream_partitions",
        partitions.isEmpty
          ? "stream: no partition is read by this host"
          : "stream: reading \(Count.of(partitions.count, "partition")) "
            + "(\(partitions.map(String.init).joined(separator: ", ")))",
        ["partitions": .array(partitions.map { .integer(Int($0)) })])
    case .rejected(let position, let reason):
      LogEntry(
        .warning, "message_rejected",
        "message \(position.partition):\(position.offset) rejected: \(reason)",
        [
          "partition": .integer(Int(position.partition)), "offset": .integer(Int(position.offset)),
          "reason": .string(reason.code),
        ])
    case .removed(let partition, let count):
      LogEntry(
        .error, "stream_messages_removed",
        "stream: the brokers removed \(Count.of(Int(count), "message")) of partition \(partition) "
          + "before this group read them. Lengthen the topic's retention",
        ["partition": .integer(Int(partition)), "messages": .integer(Int(count))])
    case .unfinished(let waiting):
      LogEntry(
        .warning, "stream_handover_unfinished",
        "stream: partitions went on while \(Count.of(waiting, "event")) of this host wait for a "
          + "destination; another host may overtake them",
        ["waiting": .integer(waiting)])
    case .lost(let partitions):
      LogEntry(
        .warning, "stream_partitions_lost",
        "stream: the group took \(Count.of(partitions.count, "partition")) away; what was not "
          + "committed is read again, and has the same messageId",
        ["partitions": .array(partitions.map { .integer(Int($0)) })])
    }
  }
}
