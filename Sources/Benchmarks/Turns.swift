/// Two measurements in turns, so that both meet the same weather: what else the machine and its disk do meanwhile.
///
/// Of each the median counts: a machine that is shared makes runs longer, and a disk's cache makes some shorter.
enum Turns {
  /// The medians of so many rounds.
  static func medians(
    of rounds: Int, _ first: () throws -> Double, against second: () throws -> Double
  ) rethrows -> (first: Double, second: Double) {
    var found: (first: [Double], second: [Double]) = ([], [])
    for round in 0..<rounds {
      // Whoever comes second may find the first's work still going on, so they change places.
      if round.isMultiple(of: 2) { found.first.append(try first()) }
      found.second.append(try second())
      if !round.isMultiple(of: 2) { found.first.append(try first()) }
    }
    return (median(found.first), median(found.second))
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
