internal import Glibc

/// The time of day for what is stored and for its age: read once, and from then on by how much time went by.
///
/// So a step of the clock makes nothing older in a process that runs: no event is too old because a machine got its time
/// late, and none stays for ever. The next process reads the time of day anew. Delays go by the monotonic clock.
package struct WallClock: Sendable {
  private let steady: @Sendable () -> Int64
  /// What is added to the steady clock.
  private let start: Int64

  /// - Parameters:
  ///   - timeOfDay: milliseconds since 1970; asked now.
  ///   - steady: milliseconds since some moment, which no one sets.
  init(timeOfDay: Int64, steady: @escaping @Sendable () -> Int64) {
    self.steady = steady
    start = timeOfDay - steady()
  }

  /// Since 1970.
  var now: Int64 { start + steady() }

  private static let system = WallClock(
    timeOfDay: milliseconds(of: CLOCK_REALTIME), steady: { milliseconds(of: CLOCK_BOOTTIME) })

  /// Since 1970, by the clock that this process began with; any thread.
  @Sendable package static func milliseconds() -> Int64 { system.now }

  private static func milliseconds(of clock: clockid_t) -> Int64 {
    var now = timespec()
    unsafe clock_gettime(clock, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
