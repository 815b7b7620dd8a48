internal import Foundation

/// What every thread of a run may ask and tell; immutable.
struct RunControl: Sendable {
  let backoff: Backoff
  /// How long an event is tried again before it becomes a dead letter.
  let patience: Duration
  let shouldStop: @Sendable () -> Bool
  let report: @Sendable (HostReport) -> Void

  /// Sleeps for `delay`; false when the run is to stop or the patience is at its end before that.
  func wait(_ delay: Duration, sinceFirstAttempt first: ContinuousClock.Instant) -> Bool {
    let end = ContinuousClock.now.advanced(by: delay)
    guard end < first.advanced(by: patience) else { return false }
    while !shouldStop() {
      let left = ContinuousClock.now.duration(to: end)
      if left <= .zero { return true }
      Thread.sleep(forTimeInterval: min(0.05, left / .seconds(1)))
    }
    return false
  }
}
