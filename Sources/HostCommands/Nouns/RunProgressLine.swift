internal import DestinationHost

/// How far a run is: events, rate and, for a file, the part that is read and the time that is left.
struct RunProgressLine {
  private let progress: RunProgress
  private let rate: Int
  /// Of the file, from 0 to 1; nil for a pipe.
  private let part: Double?
  private let secondsLeft: Int?

  init(_ progress: RunProgress, inputSize: Int?, seconds: Double) {
    self.progress = progress
    rate = Int(Double(progress.accepted) / seconds)
    guard let inputSize, inputSize > 0, progress.bytesRead > 0 else {
      (part, secondsLeft) = (nil, nil)
      return
    }
    let part = min(1, Double(progress.bytesRead) / Double(inputSize))
    self.part = part
    secondsLeft = Int(min(seconds / part - seconds, 1e9))
  }

  var text: String {
    var line = "\(Count.of(progress.accepted, "event")), \(Count.grouped(rate)) events/s"
    if let part, let secondsLeft {
      line += ", \(Int(part * 100)) %, \(Count.time(secondsLeft)) left"
    }
    return line
  }

  var logEntry: LogEntry {
    LogEntry(
      .info, "progress", text,
      [
        "accepted": .integer(progress.accepted), "rejected": .integer(progress.rejected),
        "events_per_second": .integer(rate), "part": part.map { .number($0) } ?? .null,
        "seconds_left": secondsLeft.map { .integer($0) } ?? .null,
      ])
  }
}
