internal import Glibc

/// Where sessions and lock-outs get the time from; another one only in tests.
///
/// A reading holds two clocks: the wall, which anybody with the right may set, and the seconds since the machine
/// started, which nobody sets back. A time is measured by both, so that setting the wall lengthens no session.
package struct SessionClock: Sendable {
  package struct Reading: Codable, Sendable, Equatable {
    /// Seconds since 1970.
    package var wall: Int64
    /// Seconds since the start of the machine, sleep included.
    package var sinceStart: Int64
    /// Which start that was.
    package var start: String

    package init(wall: Int64, sinceStart: Int64, start: String) {
      self.wall = wall
      self.sinceStart = sinceStart
      self.start = start
    }

    private enum CodingKeys: String, CodingKey {
      case wall, start
      case sinceStart = "since_start"
    }
  }

  package let now: @Sendable () -> Reading

  package init(now: @escaping @Sendable () -> Reading) { self.now = now }

  package static let system = SessionClock {
    var monotonic = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &monotonic)
    let start = (try? Disk.read("/proc/sys/kernel/random/boot_id", limit: 64)) ?? []
    return Reading(
      wall: Int64(time(nil)), sinceStart: Int64(monotonic.tv_sec),
      start: String(decoding: start.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}

extension SessionClock.Reading {
  /// Seconds since an earlier reading, by the clock that says more; endless when the wall was set back over a start.
  func longest(since earlier: Self) -> Int64 {
    let byWall = saturating(wall, earlier.wall)
    guard start == earlier.start else { return byWall < 0 ? .max : byWall }
    return max(byWall, saturating(sinceStart, earlier.sinceStart))
  }

  /// Seconds since an earlier reading, by the clock that says less; none when the wall was set back over a start.
  func shortest(since earlier: Self) -> Int64 {
    let byWall = max(0, saturating(wall, earlier.wall))
    guard start == earlier.start else { return byWall }
    return min(byWall, max(0, saturating(sinceStart, earlier.sinceStart)))
  }

  private func saturating(_ left: Int64, _ right: Int64) -> Int64 {
    let (difference, isTooBig) = left.subtractingReportingOverflow(right)
    return isTooBig ? (left < right ? .min : .max) : difference
  }
}
