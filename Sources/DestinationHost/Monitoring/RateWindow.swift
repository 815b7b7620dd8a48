/// The last minute of numbers that only grow, a sample each second: how fast they grow.
struct RateWindow: Sendable {
  private struct Sample {
    let moment: Moment
    let totals: [String: Int]
  }

  static let length = Duration.seconds(60)
  private var samples: [Sample] = []

  /// Takes what each name has come to.
  mutating func add(_ totals: [String: Int], at now: Moment) {
    samples.append(Sample(moment: now, totals: totals))
    // One that is older than the window is kept, so that the window is full.
    while samples.count > 2, samples[1].moment.duration(to: now) >= Self.length {
      samples.removeFirst()
    }
  }

  /// How much a name grew in a second, over that time or as long as it is known; 0 before the second sample.
  func perSecond(_ name: String, over time: Duration) -> Double {
    guard let last = samples.last else { return 0 }
    let first = samples.last { $0.moment.duration(to: last.moment) >= time } ?? samples[0]
    let seconds = first.moment.duration(to: last.moment) / .seconds(1)
    guard seconds > 0 else { return 0 }
    return Double((last.totals[name] ?? 0) - (first.totals[name] ?? 0)) / seconds
  }
}
