internal import Synchronization

/// How often values fell into which ranges; any thread, without a lock, nothing is allocated after `init`.
package final class Histogram: Sendable {
  /// Upper bounds, ascending; a value that is one belongs to it.
  private let bounds: [Double]
  /// One for each bound, and one for what is beyond the last.
  private let counts: [Counter]
  /// The bits of a `Double`.
  private let sum = Atomic<UInt64>(0)

  package init(bounds: [Double]) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds ascend")
    self.bounds = bounds
    counts = (0...bounds.count).map { _ in Counter() }
  }

  /// Seconds, from a millisecond to a minute.
  package static func seconds() -> Histogram {
    Histogram(bounds: [
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])
  }

  /// Seconds, from a hundredth to four hours: how old something is.
  package static func age() -> Histogram {
    Histogram(bounds: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400])
  }

  /// Pieces in a batch.
  package static func sizes() -> Histogram {
    Histogram(bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000])
  }

  /// Counts `times` values of that size.
  package func record(_ value: Double, times: Int = 1) {
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    counts[index].add(times)
    let more = value * Double(times)
    var old = sum.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + more).bitPattern
      let (isDone, now) = sum.compareExchange(expected: old, desired: new, ordering: .relaxed)
      if isDone { return }
      old = now
    }
  }

  package var reading: HistogramReading {
    var total = 0
    let cumulative = counts.map { count in
      total += count.value
      return total
    }
    return HistogramReading(
      buckets: Array(zip(bounds, cumulative)), count: total,
      sum: Double(bitPattern: sum.load(ordering: .relaxed)))
  }
}

/// What a histogram held when it was read.
package struct HistogramReading: Sendable {
  /// For each bound how many values were at most that.
  package let buckets: [(bound: Double, count: Int)]
  package let count: Int
  package let sum: Double
}
