/// Wrong passwords of one user since the last right one; ten of them lock for fifteen minutes.
///
/// Counted before the password is looked at, so that attempts at the same time are no way around it.
struct LogInAttempts: Codable, Equatable {
  static let limit = 10
  static let lockSeconds: Int64 = 15 * 60

  private(set) var count = 0
  private(set) var last: SessionClock.Reading

  /// Seconds that the lock lasts from now on; nil when there is none.
  func locked(at now: SessionClock.Reading) -> Int64? {
    guard count >= Self.limit else { return nil }
    let left = Self.lockSeconds - now.shortest(since: last)
    return left > 0 ? left : nil
  }

  /// With one more; after a lock counting begins anew.
  func counting(at now: SessionClock.Reading) -> LogInAttempts {
    LogInAttempts(count: count >= Self.limit ? 1 : count + 1, last: now)
  }

  var isAtLimit: Bool { count >= Self.limit }

  static func none(at now: SessionClock.Reading) -> LogInAttempts {
    LogInAttempts(count: 0, last: now)
  }
}
