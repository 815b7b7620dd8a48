import EventJSON

/// How many bytes of events one core scans: JSON checked, spec checked, selected keys found.
enum ScannerBenchmark {
  static func run() -> [Measurement] {
    let events = SampleEvents(count: 5_000)
    let bytes = Double(events.bytes.count * 10)
    let keys = ["email", "phone", "name", "birthdate", "mrn"]
    var scanner = EventScanner(selecting: KeySelection(keys))
    var accepted = 0
    let seconds = Stopwatch.best(of: 7) {
      for _ in 0..<10 {
        for line in events.lines {
          let event = unsafe line.span.bytes.extracting(droppingLast: 1)
          if scanner.scan(event) == nil { accepted += scanner.matches.count }
        }
      }
    }
    precondition(accepted == 7 * 10 * 5_000 * 4, "the scanner found what it should")
    return [
      Measurement(
        "scanner", bytes / seconds / 1e6, "MB/s", atLeast: 1_000,
        note:
          "one core, events of \(events.bytes.count / 5_000) bytes, 5 keys selected, 4 values found"
      )
    ]
  }
}
