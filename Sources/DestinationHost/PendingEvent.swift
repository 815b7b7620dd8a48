internal import AdapterLoading
internal import DeliveryQueue
internal import Workspace

/// An instant of the monotonic clock, which no change of the time of day moves.
typealias Moment = ContinuousClock.Instant

/// An event that is sent, or sent again, outside the block that it came in.
struct PendingEvent {
  /// Its number in the queue.
  let sequence: UInt64
  let json: [UInt8]
  /// The messageId within `json`.
  let idOffset: Int
  let idLength: Int
  let type: UInt8
  let user: UInt64
  let receivedUnixNanoseconds: Int64
  /// Of the next sending; 1 for the first.
  var attempt: UInt32 = 1
  /// When it was sent first; nil before.
  var firstSent: Moment?
  /// How often it was answered, and the last answers that were no success.
  private(set) var answerCount: UInt32 = 0
  private(set) var answers: [Answer] = []

  /// What came of one attempt, when.
  struct Answer {
    let moment: Moment
    let remoteCode: UInt32
  }

  mutating func note(_ remoteCode: UInt32, at now: Moment) {
    answerCount &+= 1
    if answers.count == DeadLetter.longestHistory { answers.removeFirst() }
    answers.append(Answer(moment: now, remoteCode: remoteCode))
  }

  init(_ event: QueuedEvent, of block: EventBlock, sequence: UInt64) {
    self.sequence = sequence
    json = Array(block.json(of: event))
    idOffset = event.idOffset - event.offset
    idLength = event.idLength
    type = event.type
    user = event.user
    receivedUnixNanoseconds = event.receivedUnixNanoseconds
  }
}

extension OutgoingBatch {
  /// The events of a block, with its bytes.
  init(_ block: EventBlock, batchID: UInt64) {
    self.init(
      batchID: batchID, ndjson: block.bytes,
      events: block.events.map { event in
        EventSlot(
          offset: event.offset, length: event.length, idOffset: event.idOffset,
          idLength: event.idLength, type: event.type, attempt: 1,
          receivedUnixNanoseconds: event.receivedUnixNanoseconds)
      })
  }

  /// These events, copied together.
  init(_ pending: [PendingEvent], batchID: UInt64) {
    var bytes: [UInt8] = []
    var events: [EventSlot] = []
    for event in pending {
      events.append(
        EventSlot(
          offset: bytes.count, length: event.json.count, idOffset: bytes.count + event.idOffset,
          idLength: event.idLength, type: event.type, attempt: event.attempt,
          receivedUnixNanoseconds: event.receivedUnixNanoseconds))
      bytes += event.json
      bytes.append(UInt8(ascii: "\n"))
    }
    self.init(batchID: batchID, ndjson: bytes, events: events)
  }
}
