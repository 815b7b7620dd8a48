import EventJSON
import Privacy

/// How many bytes of events one core scans: JSON checked, spec checked, selected keys found.
enum ScannerBenchmark {
  private static let events = SampleEvents(count: 5_000)

  static func run() -> [Measurement] {
    [speed(), lookup()]
  }

  private static func speed() -> Measurement {
    let bytes = Double(events.bytes.count * 10)
    var scanner = EventScanner(
      selecting: KeySelection(["email", "phone", "name", "birthdate", "mrn"]))
    var accepted = 0
    let seconds = Stopwatch.best(of: 7) { accepted += scan(&scanner) }
    precondition(accepted == 7 * 10 * 5_000 * 4, "the scanner found what it should")
    return Measurement(
      "scanner", bytes / seconds / 1e6, "MB/s", atLeast: 1_000,
      note:
        "one core, events of \(events.bytes.count / 5_000) bytes, 5 keys selected, 4 values found")
  }

  /// The keys of the default matchers and of Safe Harbor's first, against none at all.
  private static func lookup() -> Measurement {
    let matchers = DefaultMatchers.all + SafeHarbor.matchers
    let keys = Array(matchers.flatMap(\.foldedKeys).prefix(140))
    var bare = EventScanner(selecting: KeySelection([]))
    var selecting = EventScanner(selecting: KeySelection(keys))
    var found = 0
    let best = Stopwatch.best(
      of: 31, { found += scan(&selecting) }, against: { precondition(scan(&bare) == 0) })
    precondition(found > 0, "the scanner found what it should")
    return Measurement(
      "scanner-140-keys", best.first / best.second, "ratio", atMost: 1.1,
      note: "one core, the same events, \(keys.count) keys selected; time against none selected")
  }

  /// How many values were found in ten rounds.
  private static func scan(_ scanner: inout EventScanner) -> Int {
    var found = 0
    for _ in 0..<10 {
      for line in events.lines {
        let event = unsafe line.span.bytes.extracting(droppingLast: 1)
        if scanner.scan(event) == nil { found += scanner.matches.count }
      }
    }
    return found
  }
}
