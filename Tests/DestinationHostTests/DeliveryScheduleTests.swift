import AdapterLoading
import DeliveryQueue
import Testing
import Workbench

@testable import DestinationHost

/// The schedule without threads, clock or disk: every event is settled once, and a user's in their order, whatever fails.
@Suite struct DeliveryScheduleTests {
  @Test func `what is delivered is settled once, in whole blocks`() {
    var world = ScheduleWorld()
    world.add(Array(0..<50), from: 0)
    world.add(Array(0..<50), from: 50)
    world.run { _, _ in .delivered }
    #expect(world.sent.flatMap(\.ids) == Array(0..<100))
    #expect(world.done.count == 100)
    #expect(world.schedule.isEmpty)
  }

  @Test func `a block of which nothing is left to send is given away for its memory`() {
    var world = ScheduleWorld()
    world.add([1, 2, 3], from: 0)
    let early = world.schedule.takeSpent()
    #expect(early == nil)
    world.run { id, attempt in id == 1 && attempt == 1 ? EventResult(.retry) : .delivered }
    let spent = (world.schedule.takeSpent(), world.schedule.takeSpent())
    #expect(spent.0?.events.count == 3)
    #expect(spent.1 == nil)
  }

  @Test func `an event that is sent again holds its user's later events, and nobody else's`() {
    var world = ScheduleWorld()
    world.add([1, 2, 1, 3, 1], from: 0)
    world.run { id, attempt in id == 0 && attempt < 4 ? EventResult(.retry) : .delivered }
    world.add([1, 2], from: 10)
    world.run { _, _ in .delivered }
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
        ? EventResult(.retry) : .delivered
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
        return .delivered
      }
      #expect(arrived.values.allSatisfy { $0 == $0.sorted() })
      #expect(arrived.values.reduce(0) { $0 + $1.count } == 120)
    }
  }

  @Test func `the same seed gives the same schedule, to the nanosecond`() {
    func times(_ seed: UInt64) -> [String] {
      var world = ScheduleWorld(seed: seed)
      world.add(Array(0..<20), from: 0)
      world.run { id, attempt in attempt < 6 && id % 2 == 0 ? EventResult(.retry) : .delivered }
      return world.sent.map { "\($0.second) \($0.ids)" }
    }
    #expect(times(7) == times(7))
    #expect(times(7) != times(8))
  }

  @Test func `what a worker never answered is sent again, first and in order`() {
    var world = ScheduleWorld()
    world.add([1, 2, 3], from: 0)
    guard case .send = world.schedule.next(at: world.now) else {
      Issue.record("nothing was sent")
      return
    }
    world.schedule.giveBack(at: world.now)
    world.run { _, _ in .delivered }
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
    #expect(world.step { _, _ in .delivered })
    #expect(loseWorker() == [1, 2], "what waited behind it")
    world.run { _, _ in .delivered }
    #expect(world.sent.map(\.ids) == [[0, 1], [0], [1, 2], [3]])
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
      if !world.step({ id, _ in id == 0 ? EventResult(.retry) : .delivered }) { break }
    }
    #expect(number < 200)
  }
}
