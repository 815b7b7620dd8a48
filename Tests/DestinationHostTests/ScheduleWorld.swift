import AdapterLoading
import DeliveryQueue
import Testing

@testable import DestinationHost

/// A destination in a world whose time is a number, with chances from a seed.
struct ScheduleWorld {
  var schedule: DeliverySchedule
  var now = ContinuousClock.now
  let start: ContinuousClock.Instant
  var sent: [(second: Double, ids: [Int])] = []
  var dead: [Int: String] = [:]
  var done = Set<UInt64>()
  private var nextSequence: UInt64 = 0

  init(_ limits: DeliveryLimits = DeliveryLimits(), seed: UInt64 = 1) {
    var state = seed
    schedule = DeliverySchedule(limits) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    start = now
  }

  var seconds: Double { start.duration(to: now) / .seconds(1) }

  mutating func add(_ users: [UInt64], from number: Int, length: Int = 10, appended: Int64 = 0) {
    var block = EventBlock()
    for (index, user) in users.enumerated() {
      let json = Array("\(number + index)".utf8) + Array(repeating: 0x20, count: length)
      block.events.append(
        QueuedEvent(
          offset: block.bytes.count, length: json.count, idOffset: block.bytes.count,
          idLength: "\(number + index)".utf8.count, type: 2, user: user,
          receivedUnixNanoseconds: Int64(number + index)))
      block.bytes += json + [0x0A]
    }
    let end = nextSequence + UInt64(users.count)
    schedule.add(
      QueuedBlock(
        sequences: nextSequence..<end, block: block, settled: nil,
        appendedUnixMilliseconds: appended), at: now, wallMilliseconds: 0)
    nextSequence = end
  }

  /// One step; false when there is nothing to do.
  ///
  /// `answer` gets each event's number and attempt.
  mutating func step(_ answer: (Int, UInt32) -> EventResult) -> Bool {
    take(schedule.takeUnsent())
    switch schedule.next(at: now) {
    case .idle: return false
    case .wait(let moment): now = moment
    case .send(let batch):
      let events = batch.events[batch.selection]
      let ids = events.map { Int($0.receivedUnixNanoseconds) }
      sent.append((seconds, ids))
      take(schedule.settle(zip(ids, events).map { answer($0, $1.attempt) }, at: now))
    }
    return true
  }

  private mutating func take(_ settlement: DeliverySettlement) {
    for range in settlement.done {
      for sequence in range {
        #expect(done.insert(sequence).inserted, "settled once")
      }
    }
    for event in settlement.dead {
      dead[Int(event.receivedUnixNanoseconds)] = event.code
    }
  }

  mutating func run(steps: Int = 100_000, _ answer: (Int, UInt32) -> EventResult) {
    for _ in 0..<steps { guard step(answer) else { return } }
    Issue.record("it comes to no end")
  }
}

extension EventResult {
  static let delivered = EventResult(.delivered)
}
