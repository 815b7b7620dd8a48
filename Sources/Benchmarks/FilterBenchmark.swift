import DestinationFilter
import EventJSON

/// What a filter costs beside the scan that every event has anyway.
enum FilterBenchmark {
  /// As an operator writes them: two fields, a pattern, a list.
  static let statements = [
    "event = 'Appointment Booked' and properties.price > 400",
    "match(context.page.url, '*/checkout*') or properties.visit in ['Eye exam', 'Flu shot']",
  ]

  static func run() throws -> [Measurement] {
    let events = SampleEvents(count: 5_000)
    var scanner = EventScanner(selecting: KeySelection(["email", "phone", "name"]))
    return try (1...statements.count).map { count in
      var evaluator = FilterEvaluator(
        try statements.prefix(count).map { try FilterStatement($0) })
      var accepted = 0
      var matched = 0
      let times = Stopwatch.best(
        of: 7,
        {
          for line in events.lines {
            let event = unsafe line.span.bytes.extracting(droppingLast: 1)
            if scanner.scan(event) == nil { accepted += 1 }
          }
        },
        against: {
          for line in events.lines {
            let event = unsafe line.span.bytes.extracting(droppingLast: 1)
            guard scanner.scan(event) == nil else { continue }
            evaluator.read(event)
            for statement in 0..<count where evaluator.matches(statement, event) { matched += 1 }
          }
        })
      precondition(accepted == 7 * 5_000 && matched > 0 && matched < accepted * count)
      let rate = 5_000 / (times.second - times.first)
      return Measurement(
        count == 1 ? "filter-1" : "filter-\(count)", times.first / times.second, "ratio",
        // The second statement asks for three more fields, so two cost more than twice what one does.
        atLeast: count == 1 ? 0.4 : 0.3,
        note: "scan alone against scan and \(count) filter\(count == 1 ? "" : "s"); "
          + "\(Int(5_000 / times.second)) events/s, the filters alone \(Int(rate)) events/s")
    }
  }
}
