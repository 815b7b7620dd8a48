internal import DestinationHost

extension RunSummary {
  /// What became of everything, line by line.
  var logEntries: [LogEntry] {
    destinations.flatMap { Self.entries($0.id, $0.counts) } + restEntries
      + [produced.map(entry) ?? wholeEntry]
  }

  private func entry(_ produced: ProduceCounts) -> LogEntry {
    LogEntry(
      .info, "run_finished",
      "\(Count.of(read, "event")) taken, \(produced.text), \(Count.grouped(rejected)) rejected"
        + (wasStopped ? "; stopped" : ""),
      [
        "read": .integer(read), "accepted": .integer(accepted), "rejected": .integer(rejected),
        "failed": .integer(produced.failed), "in_flight": .integer(produced.inFlight),
        "seconds": .number(seconds), "stopped": .bool(wasStopped),
      ])
  }

  private var wholeEntry: LogEntry {
    let rate = seconds > 0 ? Int(Double(accepted) / seconds) : 0
    return LogEntry(
      .info, "run_finished",
      "\(Count.of(read, "line")) read, \(Count.of(accepted, "event")) accepted, "
        + "\(Count.grouped(rejected)) rejected, \(Self.text(values)), "
        + "\(Count.grouped(rate)) events/s" + (wasStopped ? "; stopped" : ""),
      [
        "read": .integer(read), "accepted": .integer(accepted), "rejected": .integer(rejected),
        "encrypted_values": .integer(values.encrypted), "seconds": .number(seconds),
        "stopped": .bool(wasStopped),
      ])
  }

  /// `40 values encrypted, 3 removed`.
  private static func text(_ values: ValueCounts) -> String {
    [(values.tokenized, "tokenised"), (values.removed, "removed")].filter { $0.0 > 0 }.reduce(
      "\(Count.of(values.encrypted, "value")) encrypted"
    ) { $0 + ", \(Count.grouped($1.0)) \($1.1)" }
  }

  private var restEntries: [LogEntry] {
    var entries: [LogEntry] = []
    if duplicates > 0 {
      entries.append(
        LogEntry(
          .info, "duplicates_dropped",
          "\(Count.of(duplicates, "duplicate")) dropped: their messageId was seen in the last 24 hours",
          ["events": .integer(duplicates)]))
    }
    if redriven > 0 {
      entries.append(
        LogEntry(
          .info, "dead_letters_redriven", "\(Count.of(redriven, "dead letter")) taken up once more",
          ["events": .integer(redriven)]))
    }
    if forgottenIDs > 0 {
      entries.append(
        LogEntry(
          .warning, "message_ids_forgotten",
          "\(Count.of(forgottenIDs, "messageId")) forgotten before their 24 hours: "
            + "duplicates of those are not recognised", ["ids": .integer(forgottenIDs)]))
    }
    if rejectedNotKept > 0 {
      entries.append(
        LogEntry(
          .warning, "rejected_lines_not_kept",
          "\(Count.of(rejectedNotKept, "rejected line")) not kept: there is no more room. "
            + "See: sealpost dead-letter purge @rejected --help",
          ["lines": .integer(rejectedNotKept)]))
    }
    return entries
  }

  private static func entries(_ id: String, _ counts: DeliveryCounts) -> [LogEntry] {
    var parts = ["\(Count.grouped(counts.delivered)) delivered"]
    for (count, words) in [
      (counts.heldBack.notServed, "not served"), (counts.heldBack.notWanted, "not wanted"),
      (counts.heldBack.filtered, "filtered"), (counts.heldBack.sampledOut, "not in the sample"),
    ] where count > 0 { parts.append("\(Count.grouped(count)) \(words)") }
    if counts.retried > 0 { parts.append("\(Count.grouped(counts.retried)) retried") }
    if counts.workerRestarts > 0 {
      parts.append(Count.of(counts.workerRestarts, "worker restart"))
    }
    if let requests = counts.requests { parts.append(Count.of(requests.sent, "request")) }
    let whole = LogEntry(
      .info, "destination_finished", of: id, parts.joined(separator: ", "),
      ["delivered": .integer(counts.delivered), "retried": .integer(counts.retried)])
    return [whole] + undelivered(id, counts)
  }

  private static func undelivered(_ id: String, _ counts: DeliveryCounts) -> [LogEntry] {
    var entries: [LogEntry] = []
    if counts.lost > 0 {
      entries.append(
        LogEntry(
          .error, "events_lost", of: id,
          "\(Count.of(counts.lost, "accepted event")) lost with damaged parts of its queue. "
            + "Check the disk, and send them again. See: sealpost queue show \(id)",
          ["events": .integer(counts.lost)]))
    }
    if counts.waiting > 0 {
      entries.append(
        LogEntry(
          .warning, "events_waiting", of: id,
          "\(Count.of(counts.waiting, "event")) not delivered yet, kept in its queue: "
            + "sealpost run --until-idle < /dev/null goes on", ["events": .integer(counts.waiting)])
      )
    }
    let count = counts.deadLettered.values.reduce(0, +)
    guard count > 0 else { return entries }
    let reasons = counts.deadLettered.sorted { $0.key < $1.key }
    entries.append(
      LogEntry(
        .warning, "events_dead_lettered", of: id,
        "\(Count.of(count, "event")) not delivered, kept as dead letters: "
          + reasons.map { "\($0.key) \(Count.grouped($0.value))" }.joined(separator: ", "),
        [
          "events": .integer(count),
          "reasons": .object(reasons.map { ($0.key, .integer($0.value)) }),
        ]))
    return entries
  }
}
