internal import Glibc

/// The time of day, for what is stored; delays go by the monotonic clock.
package enum WallClock {
  /// Since 1970.
  @Sendable package static func milliseconds() -> Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
