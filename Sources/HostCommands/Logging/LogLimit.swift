/// How many lines of one kind are told: some at once, and in the long run so many a minute.
///
/// Whatever goes wrong, the log grows by a bounded amount; what is left out is counted.
struct LogLimit: Sendable {
  static let atOnce = 20
  static let pause = Duration.seconds(10)
  /// Kinds that are told apart; more share one limit.
  static let mostKinds = 4096

  /// Lines of one kind that were left out.
  struct Suppressed: Sendable, Equatable {
    let kind: String
    let lines: Int
  }

  private struct Bucket {
    var left = LogLimit.atOnce
    var suppressed = 0
    var filledAt: ContinuousClock.Instant
  }

  private var buckets: [String: Bucket] = [:]

  /// Whether a line of that kind may be told, and how many were left out since the last; nil when it may not.
  mutating func admit(_ kind: String, at now: ContinuousClock.Instant) -> Int? {
    let key = buckets[kind] != nil || buckets.count < Self.mostKinds ? kind : "(others)"
    var bucket = buckets[key] ?? Bucket(filledAt: now)
    defer { buckets[key] = bucket }
    let refills = Int(bucket.filledAt.duration(to: now) / Self.pause)
    if refills > 0 {
      bucket.left = min(Self.atOnce, bucket.left + refills)
      bucket.filledAt = bucket.left == Self.atOnce ? now : bucket.filledAt + Self.pause * refills
    }
    guard bucket.left > 0 else {
      bucket.suppressed += 1
      return nil
    }
    bucket.left -= 1
    defer { bucket.suppressed = 0 }
    return bucket.suppressed
  }

  /// What was left out and not told yet, by kind.
  mutating func takeSuppressed() -> [Suppressed] {
    let found = buckets.filter { $0.value.suppressed > 0 }
      .map { Suppressed(kind: $0.key, lines: $0.value.suppressed) }.sorted { $0.kind < $1.kind }
    for kind in found.map(\.kind) { buckets[kind]?.suppressed = 0 }
    return found
  }
}
