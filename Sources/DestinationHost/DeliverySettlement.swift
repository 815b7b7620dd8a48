internal import AdapterLoading

/// What the answers to a batch come to; gathered, so that the queue is told once.
struct DeliverySettlement {
  /// An event that is given up, as it was to be sent.
  struct Dead {
    let json: [UInt8]
    let receivedUnixNanoseconds: Int64
    /// The stable name of the reason.
    let code: String
    /// For people; no value of the event's.
    let detail: String
    /// How often it was sent, and what came of the last times.
    var attempts: UInt32 = 0
    var answers: [PendingEvent.Answer] = []
  }

  /// Numbers of events that are done with, neighbours joined.
  private(set) var done: [Range<UInt64>] = []
  private(set) var dead: [Dead] = []
  var delivered = 0
  /// Events that are to be sent again, and the longest wait among them.
  private(set) var retried = 0
  private(set) var longestDelay = Duration.zero
  /// What the destination answered to the last of those; empty when it said nothing.
  private(set) var retryReason = ""
  /// Why the destination has to rest until somebody has acted; nil while it need not.
  var refusal: String?

  var isEmpty: Bool { done.isEmpty && dead.isEmpty }

  mutating func finish(_ sequences: Range<UInt64>) {
    if let last = done.last, last.upperBound == sequences.lowerBound {
      done[done.count - 1] = last.lowerBound..<sequences.upperBound
    } else {
      done.append(sequences)
    }
  }

  mutating func bury(
    _ json: some Sequence<UInt8>, _ sequence: UInt64, _ received: Int64, _ code: String,
    _ result: EventResult? = nil
  ) {
    finish(sequence..<sequence + 1)
    dead.append(
      Dead(
        json: Array(json), receivedUnixNanoseconds: received, code: code,
        detail: result.map(Self.text) ?? ""))
  }

  mutating func bury(_ event: PendingEvent, _ code: String, _ result: EventResult) {
    bury(event.json, event.sequence, event.receivedUnixNanoseconds, code, result)
    dead[dead.count - 1].attempts = event.answerCount
    dead[dead.count - 1].answers = event.answers
  }

  mutating func noteRetry(_ result: EventResult, after delay: Duration) {
    retried += 1
    longestDelay = max(longestDelay, delay)
    retryReason = Self.text(result)
  }

  private static func text(_ result: EventResult) -> String {
    let code = result.remoteCode == 0 ? "" : "remote code \(result.remoteCode)"
    return [code, result.detail ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
