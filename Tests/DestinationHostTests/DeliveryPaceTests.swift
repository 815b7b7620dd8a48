import AdapterLoading
import DeliveryQueue
import Testing

@testable import DestinationHost

/// The schedule without threads, clock or disk: what a destination that asks to wait, is down or has a rate is spared.
@Suite struct DeliveryPaceTests {
  @Test func `it is never sent sooner than the destination asks`() {
    var world = ScheduleWorld()
    world.add([1], from: 0)
    world.run { _, attempt in
      attempt == 1 ? EventResult(.retry, retryAfterMilliseconds: 90_000) : .delivered
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
    world.run { _, _ in .delivered }
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
      _ = world.step { _, _ in isUp ? .delivered : EventResult(.retry) }
    }
    #expect(world.schedule.breaker.isOpen)
    // Some hundred single events were tried in that hour, not the thousands that would come otherwise.
    #expect(world.sent.dropFirst(6).prefix { $0.second < 3600 }.allSatisfy { $0.ids.count == 1 })
    #expect(world.sent.count < 400)
    #expect(number < 4_000, "what waits stays on the disk")
    world.run { _, _ in .delivered }
    #expect(world.done.count == number)
    #expect(!world.schedule.breaker.isOpen)
    #expect(world.dead.isEmpty)
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
      return .delivered
    }
    #expect(attempts == [1, 1, 1, 1])
    #expect(world.sent[1].ids == [0, 1], "the third waits behind its user's first")
    #expect(world.done.count == 4)
  }

  @Test func `the rate is kept, and used`() {
    var limits = DeliveryLimits()
    limits.eventsPerSecond = 100
    var world = ScheduleWorld(limits)
    for start in stride(from: 0, to: 1000, by: 50) { world.add(Array(0..<50), from: start) }
    world.run { _, _ in .delivered }
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
      guard world.step({ _, _ in .delivered }) else { break }
    }
    #expect(world.done.count == 1000)
    #expect(world.seconds > 8.9)
  }
}
