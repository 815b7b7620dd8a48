import AdapterLoading
import DeliveryQueue
import Testing

@testable import DestinationHost

/// The schedule without threads, clock or disk: when an event is given up, and when it is not.
@Suite struct DeliveryPatienceTests {
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

  @Test func `an event that was appended in a future that a clock went back from is sent at once`()
  {
    var world = ScheduleWorld()
    world.add([1, 2], from: 0, appended: .max / 2)
    world.run { _, _ in .delivered }
    #expect(world.done.count == 2 && world.seconds == 0)
  }

  @Test func `what is too long or too old is a dead letter, and its neighbours are sent`() {
    var limits = DeliveryLimits()
    limits.maximumBatchBytes = 50
    var world = ScheduleWorld(limits)
    world.add([1], from: 0)
    world.add([1], from: 1, length: 500)
    world.add([1], from: 2)
    world.add([1], from: 3, appended: -8 * 24 * 3600 * 1000)
    world.run { _, _ in .delivered }
    _ = world.step { _, _ in .delivered }
    #expect(world.dead == [1: "event_too_large", 3: "expired_in_queue"])
    #expect(world.sent.flatMap(\.ids) == [0, 2])
    #expect(world.done.count == 4)
  }
}
