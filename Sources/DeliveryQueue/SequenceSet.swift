/// Which events of a queue are settled: all below a number, and some ranges above it.
///
/// Kept small by itself: neighbours become one range, and what reaches the lowest number goes into it.
struct SequenceSet: Equatable, Sendable {
  /// Every number below is in the set.
  private(set) var low: UInt64 = 0
  /// What is in it above, in order, with a gap between any two.
  private(set) var ranges: [Range<UInt64>] = []

  init(low: UInt64 = 0, ranges: [Range<UInt64>] = []) {
    self.low = low
    for range in ranges { insert(range) }
  }

  /// Behind the highest number in it.
  var end: UInt64 { ranges.last?.upperBound ?? low }

  func contains(_ number: UInt64) -> Bool {
    if number < low { return true }
    let index = firstEnding(after: number)
    return index < ranges.count && ranges[index].contains(number)
  }

  /// How many numbers of the range are in the set.
  func count(in range: Range<UInt64>) -> Int {
    var count = range.lowerBound < low ? Int(min(low, range.upperBound) - range.lowerBound) : 0
    var index = firstEnding(after: max(low, range.lowerBound))
    while index < ranges.count, ranges[index].lowerBound < range.upperBound {
      count += ranges[index].clamped(to: range).count
      index += 1
    }
    return count
  }

  /// Adds the numbers; how many of them were not in it yet.
  @discardableResult
  mutating func insert(_ range: Range<UInt64>) -> Int {
    guard range.upperBound > low, !range.isEmpty else { return 0 }
    let added = range.count - count(in: range)
    guard added > 0 else { return 0 }
    var merged = max(low, range.lowerBound)..<range.upperBound
    // All ranges that touch it become one with it.
    let first = merged.lowerBound == 0 ? 0 : firstEnding(after: merged.lowerBound - 1)
    var last = first
    while last < ranges.count, ranges[last].lowerBound <= merged.upperBound {
      merged =
        min(
          merged.lowerBound, ranges[last].lowerBound)..<max(
          merged.upperBound, ranges[last].upperBound)
      last += 1
    }
    ranges.replaceSubrange(first..<last, with: CollectionOfOne(merged))
    if ranges[0].lowerBound <= low { low = ranges.removeFirst().upperBound }
    return added
  }

  /// Index of the first range that ends behind `number`.
  private func firstEnding(after number: UInt64) -> Int {
    var (start, end) = (0, ranges.count)
    while start < end {
      let middle = (start + end) / 2
      if ranges[middle].upperBound <= number { start = middle + 1 } else { end = middle }
    }
    return start
  }
}
