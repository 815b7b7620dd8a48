/// Keeps a destination that fails again and again from being asked at every turn.
///
/// closed ─(so many batches in a row failed whole)─▶ open ─(after a while)─▶ one event as a probe ─▶ closed, or open for longer
struct CircuitBreaker {
  /// Failures in a row until it opens.
  var threshold = 5
  var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
  private(set) var failures = 0
  /// Nothing is sent before.
  private(set) var notBefore: Moment?

  var isOpen: Bool { failures >= threshold }

  mutating func succeed() {
    failures = 0
    notBefore = nil
  }

  /// A batch of which the destination took nothing; with `asked` it wants to be left alone for so long.
  mutating func fail(at now: Moment, asked: Duration, chance: Double) {
    failures += 1
    let attempt = UInt32(clamping: max(2, failures - threshold + 2))
    let delay = isOpen ? backoff.delay(beforeAttempt: attempt, asked: asked, chance: chance) : asked
    wait(until: now.advanced(by: delay))
  }

  mutating func wait(until moment: Moment) { notBefore = max(notBefore ?? moment, moment) }

  /// Whether something may be sent now; else when.
  func wait(at now: Moment) -> Moment? { notBefore.flatMap { $0 > now ? $0 : nil } }
}
