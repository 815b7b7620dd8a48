/// One figure of a run, with what it is to reach.
struct Measurement: Codable {
  /// As in `Benchmarks NAME`; stable.
  let name: String
  let value: Double
  let unit: String
  /// What to reach on two cores; absent for a figure that only explains another.
  let target: Double?
  let isMet: Bool?
  /// What it was measured against, or on.
  let note: String

  enum CodingKeys: String, CodingKey {
    case name, value, unit, target, note
    case isMet = "is_met"
  }

  init(_ name: String, _ value: Double, _ unit: String, atLeast target: Double? = nil, note: String)
  {
    self.init(name, value, unit, target, target.map { value >= $0 }, note)
  }

  init(_ name: String, _ value: Double, _ unit: String, atMost target: Double, note: String) {
    self.init(name, value, unit, target, value <= target, note)
  }

  init(_ name: String, _ value: Double, _ unit: String, within band: Double, note: String) {
    self.init(name, value, unit, band, abs(value - 1) <= band, note)
  }

  private init(
    _ name: String, _ value: Double, _ unit: String, _ target: Double?, _ isMet: Bool?,
    _ note: String
  ) {
    self.name = name
    self.value = value
    self.unit = unit
    self.target = target
    self.isMet = isMet
    self.note = note
  }
}

/// Times work by the monotonic clock.
enum Stopwatch {
  /// Seconds that `work` takes.
  static func seconds(_ work: () throws -> Void) rethrows -> Double {
    try ContinuousClock().measure(work) / .seconds(1)
  }

  /// The shortest of several runs: what disturbs a run only ever makes it longer.
  static func best(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<runs { best = min(best, try seconds(work)) }
    return best
  }

  /// The shortest times of two kinds of work, run in turns so that both meet the same weather.
  static func best(
    of runs: Int, _ first: () throws -> Void, against second: () throws -> Void
  ) rethrows -> (first: Double, second: Double) {
    var best = (Double.infinity, Double.infinity)
    for _ in 0..<runs {
      best.0 = min(best.0, try seconds(first))
      best.1 = min(best.1, try seconds(second))
    }
    return best
  }
}
