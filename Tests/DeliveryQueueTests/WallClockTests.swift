import Foundation
import Synchronization
import Testing

@testable import DeliveryQueue

@Suite struct WallClockTests {
  @Test func `what goes by counts, a step of the time of day does not`() {
    let steady = Atomic<Int64>(5_000)
    // 1970: a machine that has not got its time yet.
    let clock = WallClock(timeOfDay: 60_000) { steady.load(ordering: .relaxed) }
    #expect(clock.now == 60_000)
    steady.add(250, ordering: .relaxed)
    #expect(clock.now == 60_250)
    steady.add(86_400_000, ordering: .relaxed)
    #expect(clock.now == 86_460_250)
  }

  @Test func `it begins with the time of day`() {
    let before = Int64(Date().timeIntervalSince1970 * 1000)
    let now = WallClock.milliseconds()
    // The process may have begun some time ago, and been set right since.
    #expect(abs(now - before) < 60_000)
    #expect(WallClock.milliseconds() >= now)
  }
}
