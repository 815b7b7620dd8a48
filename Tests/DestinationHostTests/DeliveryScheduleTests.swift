import AdapterLoading
import DeliveryQueue
import Testing
import Workbench

@testable import DestinationHost

/// The schedule without threads, clock or disk: what is sent when, for destinations that fail in every way.
@Suite struct DeliveryScheduleTests {
  private static let delivered = EventResult(.delivered)

  @Test func `what is delivered is settled once, in whole blocks`() {
    var world = ScheduleWorld()
    world.add(Array(0..<50), from: 0)
    world.add(Array(0..<50), from: 50)
    world.run { _, _ in Self.delivered }
    #expect(world.sent.flatMap(\.ids) == Array(0..<100))
    #expect(world.done.count == 100)
    #expect(world.schedule.isEmpty)
  }

  @Test func `an event that is sent again holds its user's later events, and nobody else's`() {
    var world = ScheduleWorld()
    world.add([1, 2, 1, 3, 1], from: 0)
    world.run { id, attempt in id == 0 && attempt < 4 ? EventResult(.retry) : Self.delivered }
    world.add([1, 2], from: 10)
    world.run { _, _ in Self.delivered }
    // The first batch had them all; 0 was taken at last, and what came after it was not held back for ever.
    #expect(world.sent.first?.ids == [0, 1, 2, 3, 4])
    #expect(world.sent.dropFirst().first?.ids == [0])
    #expect(world.done.count == 7)
  }

  @Test(arguments: 0..<30)
  func `every event is settled once, whatever fails`(seed: UInt64) {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = 7
    var world = ScheduleWorld(limits, seed: seed + 1)
    var random = SeededGenerator(seed: seed + 99)
    func answer(_ id: Int, _ attempt: UInt32) -> EventResult {
      Int.random(in: 0..<4, using: &random) == 0 && attempt < 5
        ? EventResult(.retry) : Self.delivered
    }
    for block in 0..<20 {
      world.add((0..<10).map { _ in UInt64.random(in: 0..<5, using: &random) }, from: block * 10)
      for _ in 0..<3 { _ = world.step(answer) }
    }
    world.run(answer)
    #expect(world.done.count == 200)
    #expect(world.dead.isEmpty)
  }

  @Test func `with one event in a batch, users get their events strictly in order`() {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = 1
    for seed in 1...40 as ClosedRange<UInt64> {
      var world = ScheduleWorld(limits, seed: seed)
      var random = SeededGenerator(seed: seed)
      let users = (0..<120).map { _ in UInt64.random(in: 0..<6, using: &random) }
      for start in stride(from: 0, to: 120, by: 12) {
        world.add(Array(users[start..<start + 12]), from: start)
      }
      var arrived: [UInt64: [Int]] = [:]
      world.run { id, _ in
        guard Int.random(in: 0..<3, using: &random) > 0 else { return EventResult(.retry) }
        arrived[users[id], default: []].append(id)
        return Self.delivered
      }
      #expect(arrived.values.allSatisfy { $0 == $0.sorted() })
      #expect(arrived.values.reduce(0) { $0 + $1.count } == 120)
    }
  }

  @Test func `the same seed gives the same schedule, to the nanosecond`() {
    func times(_ seed: UInt64) -> [String] {
      var world = ScheduleWorld(seed: seed)
      world.add(Array(0..<20), from: 0)
      world.run { id, attempt in attempt < 6 && id % 2 == 0 ? EventResult(.retry) : Self.delivered }
      return world.sent.map { "\($0.second) \($0.ids)" }
    }
    #expect(times(7) == times(7))
    #expect(times(7) != times(8))
  }

  @Test func `an event is given up after its patience, and not before`() {
    var limits = DeliveryLimits()
    limits.patience = .seconds(4 * 3600)
    var world = ScheduleWorld(limits)
    world.add([1], from: 0)
    world.run { _, _ in EventResult(.retry, remoteCode: 503) }
    #expect(world.dead == [0: "retries_exhausted"])
    #expect(world.seconds > 4 * 3600 - 61 && world.seconds <= 4 * 3600)
    // Full jitter up to a minute: some hundreds of attempts, neither thousands nor a handful.
    #expect((240...1200).contains(world.sent.count))
  }

  @Test func `an event that was appended in a future that a clock went back from is sent at once`()
  {
    var world = ScheduleWorld()
    world.add([1, 2], from: 0, appended: .max / 2)
    world.run { _, _ in Self.delivered }
    #expect(world.done.count == 2 && world.seconds == 0)
  }

  @Test func `a restart begins no patience anew`() {
    var before = ScheduleWorld()
    before.add([1], from: 0)
    while before.seconds < 3 * 3600 {
      guard before.step({ _, _ in EventResult(.retry) }) else { break }
    }
    #expect(before.dead.isEmpty)
    let text = before.schedule.firstAttempts.text(
      at: before.now, wallMilliseconds: 0, isWaiting: { _ in true })
    var after = ScheduleWorld()
    after.schedule.firstAttempts.take(
      text, at: after.now, wallMilliseconds: 0, isWaiting: { _ in true })
    after.add([1], from: 0)
    after.run { _, _ in EventResult(.retry) }
    #expect(after.dead == [0: "retries_exhausted"])
    #expect(after.sent.count > 10, "it is tried for the hour that is left")
    #expect((3400...3700).contains(after.seconds))
  }

  @Test func `it is never sent sooner than the destination asks`() {
    var world = ScheduleWorld()
    world.add([1], from: 0)
    world.run { _, attempt in
      attempt == 1 ? EventResult(.retry, retryAfterMilliseconds: 90_000) : Self.delivered
    }
    #expect(world.sent.map(\.second) == [0, 90])
  }

  @Test func `when the whole destination asks to wait, nothing is sent`() {
    var world = ScheduleWorld()
    world.add([1, 2], from: 0)
    _ = world.step { _, _ in
      EventResult(.retry, retryAfterMilliseconds: 60_000, wholeDestination: true)
    }
    world.add([3, 4], from: 2)
    world.run { _, _ in Self.delivered }
    #expect(world.sent[1].second >= 60)
    #expect(world.done.count == 4)
  }

  @Test func `a destination that is down for an hour is probed, and then gets everything in order`()
  {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = 50
    var world = ScheduleWorld(limits)
    var number = 0
    while world.seconds < 3600 {
      if world.schedule.wantsMore {
        world.add((0..<50).map { UInt64(number + $0) }, from: number)
        number += 50
      }
      let isUp = world.seconds >= 3600
      _ = world.step { _, _ in isUp ? Self.delivered : EventResult(.retry) }
    }
    #expect(world.schedule.breaker.isOpen)
    // Some hundred single events were tried in that hour, not the thousands that would come otherwise.
    #expect(world.sent.dropFirst(6).prefix { $0.second < 3600 }.allSatisfy { $0.ids.count == 1 })
    #expect(world.sent.count < 400)
    #expect(number < 4_000, "what waits stays on the disk")
    world.run { _, _ in Self.delivered }
    #expect(world.done.count == number)
    #expect(!world.schedule.breaker.isOpen)
    #expect(world.dead.isEmpty)
  }

  @Test func `the rate is kept, and used`() {
    var limits = DeliveryLimits()
    limits.eventsPerSecond = 100
    var world = ScheduleWorld(limits)
    for start in stride(from: 0, to: 1000, by: 50) { world.add(Array(0..<50), from: start) }
    world.run { _, _ in Self.delivered }
    // The first hundred at once, then a hundred in each second.
    #expect(world.seconds > 8.9 && world.seconds < 9.2)
    for second in 0..<9 {
      let window = world.sent.filter { (Double(second)..<Double(second + 1)).contains($0.second) }
      #expect(window.reduce(0) { $0 + $1.ids.count } <= 201)
    }
  }

  @Test func `settings that are taken again and again are no way past the rate`() {
    var limits = DeliveryLimits()
    limits.eventsPerSecond = 100
    var world = ScheduleWorld(limits)
    for start in stride(from: 0, to: 1000, by: 50) { world.add(Array(0..<50), from: start) }
    for step in 0..<100_000 {
      limits.eventsPerSecond = step % 2 == 0 ? 100 : 90
      world.schedule.limits = limits
      guard world.step({ _, _ in Self.delivered }) else { break }
    }
    #expect(world.done.count == 1000)
    #expect(world.seconds > 8.9)
  }

  @Test func `when many users' events are due again, a batch stays within the adapter's limits`() {
    var limits = DeliveryLimits()
    limits.maximumBatchBytes = 1_000
    var world = ScheduleWorld(limits)
    world.add(Array(0..<60), from: 0, length: 200)
    // Every second one fails once, so the destination is not the one to blame.
    let answer = { (id: Int, attempt: UInt32) in
      id % 2 == 0 && attempt < 2 ? EventResult(.retry) : Self.delivered
    }
    while world.sent.reduce(0, { $0 + $1.ids.count }) < 60 {
      guard world.step(answer) else { break }
    }
    // All of them are due at once.
    world.now = world.now.advanced(by: .seconds(100))
    world.run(answer)
    #expect(world.done.count == 60)
    let sizes = world.sent.map(\.ids.count)
    #expect(sizes.allSatisfy { $0 <= 4 }, "\(sizes): events of more than 200 bytes")
  }

  @Test func `a batch waits to be filled, no longer than it may`() {
    var limits = DeliveryLimits()
    limits.batchDelay = .milliseconds(50)
    limits.maximumBatchEvents = 3
    var world = ScheduleWorld(limits)
    world.add([1], from: 0)
    world.run { _, _ in Self.delivered }
    #expect(world.sent.map(\.second) == [0.05])
    world.add([1], from: 1)
    world.add([2, 3], from: 2)
    world.run { _, _ in Self.delivered }
    #expect(world.sent.last?.ids == [1, 2, 3])
  }

  @Test func `a batch that waits may hold the events of many blocks, by bytes, count and time`() {
    func sizes(
      _ bytes: Int, _ events: Int, blocks: Int, _ delay: Duration = .seconds(60)
    ) -> (sent: [Int], seconds: [Double]) {
      var limits = DeliveryLimits()
      limits.maximumBatchBytes = bytes
      limits.maximumBatchEvents = events
      limits.wait(delay)
      var world = ScheduleWorld(limits)
      // Each of a hundred kilobytes: more than half of what is usual.
      for number in 0..<blocks {
        world.add(Array(repeating: UInt64(number), count: 10), from: number * 10, length: 10_000)
      }
      world.run { _, _ in Self.delivered }
      return (world.sent.map(\.ids.count), world.sent.map(\.second))
    }
    // Ten megabytes, and then the time.
    #expect(sizes(48 << 20, 0, blocks: 100).sent == [1000])
    #expect(sizes(48 << 20, 0, blocks: 100).seconds == [60])
    // By count, at once.
    #expect(sizes(48 << 20, 250, blocks: 100).sent == [250, 250, 250, 250])
    #expect(sizes(48 << 20, 250, blocks: 100).seconds == [0, 0, 0, 0])
    // By bytes.
    let byBytes = sizes(2 << 20, 0, blocks: 100).sent
    #expect(byBytes.allSatisfy { $0 <= 209 } && byBytes.count == 5, "\(byBytes)")
    // Nobody waits for what the adapter would not take, or when he has not asked to.
    #expect(sizes(48 << 20, 0, blocks: 3, .zero).sent == [10, 10, 10])
    #expect(sizes(0, 0, blocks: 3).sent == [10, 10, 10])
  }

  @Test func `small blocks become one batch, within the adapter's limits`() {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = 10
    limits.maximumBatchBytes = 100
    var world = ScheduleWorld(limits)
    for number in 0..<30 { world.add([UInt64(number)], from: number) }
    world.run { _, _ in Self.delivered }
    #expect(world.sent.flatMap(\.ids) == Array(0..<30))
    #expect(world.sent.allSatisfy { $0.ids.count <= 8 } && world.sent.count < 6)
  }

  @Test func `what is too long or too old is a dead letter, and its neighbours are sent`() {
    var limits = DeliveryLimits()
    limits.maximumBatchBytes = 50
    var world = ScheduleWorld(limits)
    world.add([1], from: 0)
    world.add([1], from: 1, length: 500)
    world.add([1], from: 2)
    world.add([1], from: 3, appended: -8 * 24 * 3600 * 1000)
    world.run { _, _ in Self.delivered }
    _ = world.step { _, _ in Self.delivered }
    #expect(world.dead == [1: "event_too_large", 3: "expired_in_queue"])
    #expect(world.sent.flatMap(\.ids) == [0, 2])
    #expect(world.done.count == 4)
  }

  @Test func `what a worker never answered is sent again, first and in order`() {
    var world = ScheduleWorld()
    world.add([1, 2, 3], from: 0)
    guard case .send = world.schedule.next(at: world.now) else {
      Issue.record("nothing was sent")
      return
    }
    world.schedule.giveBack(at: world.now)
    world.run { _, _ in Self.delivered }
    #expect(world.sent.map(\.ids) == [[0, 1, 2]])
  }

  @Test func `what a worker never answered is sent again first, though users were held`() {
    var limits = DeliveryLimits()
    limits.maximumBatchEvents = 2
    var world = ScheduleWorld(limits)
    world.add([1, 1, 1, 1], from: 0)
    func loseWorker() -> [Int] {
      guard case .send(let batch) = world.schedule.next(at: world.now) else { return [] }
      world.schedule.giveBack(at: world.now)
      return batch.events[batch.selection].map { Int($0.receivedUnixNanoseconds) }
    }
    _ = world.step { _, _ in EventResult(.retry) }
    world.now = world.now.advanced(by: .seconds(1))
    #expect(loseWorker() == [0], "the head")
    #expect(world.step { _, _ in Self.delivered })
    #expect(loseWorker() == [1, 2], "what waited behind it")
    world.run { _, _ in Self.delivered }
    #expect(world.sent.map(\.ids) == [[0, 1], [0], [1, 2], [3]])
    #expect(world.done.count == 4)
  }

  @Test
  func `refused credentials cost no attempt, and the events go first when somebody has acted`() {
    var world = ScheduleWorld()
    world.add([1, 2, 1], from: 0)
    var attempts: [UInt32] = []
    _ = world.step { _, _ in EventResult(.auth, remoteCode: 401) }
    #expect(world.done.isEmpty && world.dead.isEmpty)
    world.add([2], from: 3)
    world.run { _, attempt in
      attempts.append(attempt)
      return Self.delivered
    }
    #expect(attempts == [1, 1, 1, 1])
    #expect(world.sent[1].ids == [0, 1], "the third waits behind its user's first")
    #expect(world.done.count == 4)
  }

  @Test func `held events are bounded: then no more are taken`() {
    var limits = DeliveryLimits()
    limits.maximumHeldBytes = 10_000
    var world = ScheduleWorld(limits)
    var number = 0
    // Fewer steps than the event's patience lasts.
    for _ in 0..<300 {
      if world.schedule.wantsMore {
        world.add([1, 1, 1, 1], from: number, length: 100)
        number += 4
      }
      if !world.step({ id, _ in id == 0 ? EventResult(.retry) : Self.delivered }) { break }
    }
    #expect(number < 200)
  }
}
