import AdapterLoading
import DeliveryQueue
import Testing

@testable import DestinationHost

/// The schedule without threads, clock or disk: what goes together, and how long it waits for more.
@Suite struct BatchFillingTests {
  @Test func `a batch waits to be filled, no longer than it may`() {
    var limits = DeliveryLimits()
    limits.batchDelay = .milliseconds(50)
    limits.maximumBatchEvents = 3
    var world = ScheduleWorld(limits)
    world.add([1], from: 0)
    world.run { _, _ in .delivered }
    #expect(world.sent.map(\.second) == [0.05])
    world.add([1], from: 1)
    world.add([2, 3], from: 2)
    world.run { _, _ in .delivered }
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
      world.run { _, _ in .delivered }
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
    world.run { _, _ in .delivered }
    #expect(world.sent.flatMap(\.ids) == Array(0..<30))
    #expect(world.sent.allSatisfy { $0.ids.count <= 8 } && world.sent.count < 6)
  }

  @Test func `when many users' events are due again, a batch stays within the adapter's limits`() {
    var limits = DeliveryLimits()
    limits.maximumBatchBytes = 1_000
    var world = ScheduleWorld(limits)
    world.add(Array(0..<60), from: 0, length: 200)
    // Every second one fails once, so the destination is not the one to blame.
    let answer = { (id: Int, attempt: UInt32) in
      id % 2 == 0 && attempt < 2 ? EventResult(.retry) : .delivered
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
}
