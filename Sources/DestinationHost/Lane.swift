internal import AdapterLoading
internal import Workspace

/// One destination's delivery: blocks come in their order, and each event ends delivered or as a dead letter.
///
/// A lane waits for its retries before it goes on, so a destination gets its events in the order they were read.
final class Lane: @unchecked Sendable {
  // Protected by confinement: made by the thread that starts the run, then used by the lane's own thread.
  let plan: DestinationPlan
  private(set) var counts = LaneCounts()
  /// Nil for a destination that may not or cannot run.
  private let worker: SupervisedWorker?
  private let deadLetters: DeadLetterStore
  private let cuts: BatchCuts
  private let control: RunControl
  /// Called once, when the adapter is given up for what it did.
  private let quarantine: (String) -> Void
  private var results: [EventResult] = []
  /// Why nothing is sent any more; the events that still come are dead letters.
  private var gaveUp: String?

  init(
    _ plan: DestinationPlan, _ worker: SupervisedWorker?, _ deadLetters: DeadLetterStore,
    _ control: RunControl, quarantine: @escaping (String) -> Void
  ) {
    self.plan = plan
    self.worker = worker
    self.deadLetters = deadLetters
    self.control = control
    self.quarantine = quarantine
    cuts = BatchCuts(maximumEvents: plan.maximumBatchEvents, maximumBytes: plan.maximumBatchBytes)
    gaveUp = worker == nil ? "destination_refused" : nil
  }

  /// Delivers one block; returns when each of its events is at the destination or a dead letter.
  ///
  /// Throws when a dead letter cannot be kept: the run must stop then.
  func deliver(_ outgoing: OutgoingBlock) throws {
    counts.encryptedValues += outgoing.encryptedValues
    counts.notServed += outgoing.notServed
    for event in outgoing.unsealable {
      try keep(event.event, event.code, event.detail, event.receivedUnixNanoseconds)
    }
    try send(&outgoing.batch)
    try deadLetters.sync()
  }

  /// Flushes the adapter and stops it.
  func finish() {
    guard let worker else { return }
    do throws(WorkerFailure) {
      if gaveUp == nil, let problem = try worker.flush() { giveUp("flush", problem) }
    } catch {
      giveUp("adapter_failed", "\(error)")
    }
    worker.stop()
    counts.workerRestarts = worker.restarts
  }
}

// MARK: - Sending

extension Lane {
  private func send(_ batch: inout OutgoingBatch) throws {
    var retry = RetryList()
    var start = 0
    while start < batch.events.count {
      let selection = cuts.next(of: batch.events, from: start, to: batch.events.count)
      try send(selection, of: &batch, &retry)
      start = selection.upperBound
    }
    while !retry.events.isEmpty { try repeatSending(&retry) }
  }

  /// Sends a part of the batch and settles its results; what is to be repeated is added to `retry`.
  private func send(
    _ selection: Range<Int>, of batch: inout OutgoingBatch, _ retry: inout RetryList
  ) throws {
    if gaveUp == nil, cuts.isTooLarge(batch.events[selection.lowerBound]) {
      return try keep(selection, of: batch, "event_too_large")
    }
    batch.selection = selection
    guard let worker, gaveUp == nil, deliver(batch, to: worker) else {
      return try keep(selection, of: batch, gaveUp ?? "destination_refused")
    }
    try settle(selection, of: batch, &retry)
  }

  /// Fills `results`; false when nothing can be sent any more.
  private func deliver(_ batch: OutgoingBatch, to worker: SupervisedWorker) -> Bool {
    do throws(WorkerFailure) {
      try worker.deliver(batch, into: &results)
      return true
    } catch {
      giveUp("adapter_failed", "\(error)")
      if error.isTheAdapters { quarantine("\(error)") }
      return false
    }
  }

  private func settle(
    _ selection: Range<Int>, of batch: OutgoingBatch, _ retry: inout RetryList
  ) throws {
    for (index, result) in zip(selection, results) {
      switch result.outcome {
      case .delivered, .duplicate: counts.delivered += 1
      case .retry, .unset: retry.add(batch, batch.events[index], result)
      case .rejected:
        try keep(index..<index + 1, of: batch, "rejected_by_destination", result)
      case .auth:
        giveUp("authentication", "the destination refuses its credentials")
        try keep(index..<index + 1, of: batch, "authentication", result)
      }
    }
  }

  private func giveUp(_ code: String, _ reason: String) {
    guard gaveUp == nil else { return }
    gaveUp = code
    control.report(.gaveUp(plan.id, reason))
  }
}

// MARK: - Repeating

extension Lane {
  private func repeatSending(_ retry: inout RetryList) throws {
    var again = retry.batch
    let attempt = again.events.first?.attempt ?? 2
    let delay = control.backoff.delay(
      beforeAttempt: attempt, asked: retry.asked, chance: .random(in: 0...1))
    if gaveUp == nil {
      control.report(.retrying(plan.id, events: again.events.count, after: delay))
      if !control.wait(delay, sinceFirstAttempt: retry.since) { return try stopRepeating(&retry) }
    }
    counts.retried += again.events.count
    var next = RetryList(since: retry.since)
    var start = 0
    while start < again.events.count {
      let selection = cuts.next(of: again.events, from: start, to: again.events.count)
      try send(selection, of: &again, &next)
      start = selection.upperBound
    }
    retry = next
  }

  private func stopRepeating(_ retry: inout RetryList) throws {
    let code = control.shouldStop() ? "stopped" : "retries_exhausted"
    try keep(retry.events.indices, of: retry.batch, code)
    retry = RetryList(since: retry.since)
  }
}

// MARK: - Dead letters

extension Lane {
  private func keep(
    _ selection: Range<Int>, of batch: OutgoingBatch, _ code: String, _ result: EventResult? = nil
  ) throws {
    for event in batch.events[selection] {
      let bytes = batch.ndjson[event.offset..<event.offset + event.length]
      try keep(Array(bytes), code, result.map(text) ?? "", event.receivedUnixNanoseconds)
    }
  }

  private func keep(
    _ event: [UInt8], _ code: String, _ detail: String, _ received: Int64
  ) throws {
    try deadLetters.append(
      DeadLetter(event: event, reason: code, detail: detail, receivedUnixNanoseconds: received))
    counts.deadLettered[code, default: 0] += 1
  }

  private func text(_ result: EventResult) -> String {
    let code = result.remoteCode == 0 ? "" : "remote code \(result.remoteCode)"
    return [code, result.detail ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
