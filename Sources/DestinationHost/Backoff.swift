/// Waiting times between attempts: exponential with full jitter, and never shorter than the destination asks.
struct Backoff: Sendable {
  var first = Duration.milliseconds(100)
  var longest = Duration.seconds(60)

  /// How long to wait before attempt `attempt` (2 is the first repetition).
  ///
  /// - Parameters:
  ///   - asked: what the destination asked for (`Retry-After`); zero when it did not.
  ///   - chance: a random number from 0 to 1.
  func delay(beforeAttempt attempt: UInt32, asked: Duration, chance: Double) -> Duration {
    let doublings = min(20, max(0, Int(attempt) - 2))
    let ceiling = min(longest, first * (1 << doublings))
    return max(asked, ceiling * chance)
  }
}
