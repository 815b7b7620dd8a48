import AdapterLoading

/// A batch of 100 KB to a worker and back, over and over, in the sandbox and without.
enum RoundTripBenchmark {
  private static let rounds = 250

  /// The best of several pairs of workers: whether the kernel has host and worker on one core or on two makes more of a
  /// difference than the sandbox, and stays so for a worker's life.
  static func run() throws -> [Measurement] {
    let batch = batch()
    let pairs = try (0..<10).map { _ in try pair(batch) }
    let held = pairs.map(\.held).min() ?? .infinity
    let free = pairs.map(\.free).min() ?? .infinity
    return [
      Measurement(
        "round-trip", held / Double(rounds) * 1e6, "us",
        note: "a batch of \(batch.events.count) events, \(batch.ndjson.count) bytes, in the sandbox"
      ),
      Measurement(
        "round-trip-ratio", held / free, "x", atMost: 1.1,
        note: "in the sandbox against without it"),
    ]
  }

  /// Seconds for so many rounds, with new workers.
  private static func pair(_ batch: OutgoingBatch) throws -> (held: Double, free: Double) {
    let held = SupervisedWorker(try BuiltAdapter.counting.configuration(.required))
    let free = SupervisedWorker(try BuiltAdapter.counting.configuration(.off))
    _ = try held.start()
    _ = try free.start()
    defer {
      held.stop()
      free.stop()
    }
    var results: [EventResult] = []
    let seconds = try Stopwatch.best(of: 8) {
      for _ in 0..<rounds { try held.deliver(batch, into: &results) }
    } against: {
      for _ in 0..<rounds { try free.deliver(batch, into: &results) }
    }
    return (seconds.first, seconds.second)
  }

  private static func batch() -> OutgoingBatch {
    var ndjson: [UInt8] = []
    var events: [EventSlot] = []
    for line in SampleEvents(count: 130).lines {
      events.append(
        EventSlot(
          offset: ndjson.count, length: line.count - 1, idOffset: ndjson.count, idLength: 1,
          type: 2,
          attempt: 1, receivedUnixNanoseconds: 0))
      ndjson += line
    }
    return OutgoingBatch(batchID: 1, ndjson: ndjson, events: events)
  }
}
