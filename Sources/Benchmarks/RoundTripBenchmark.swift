import AdapterLoading

/// A batch of 100 KB to a worker and back, over and over, in the sandbox and without.
enum RoundTripBenchmark {
  static func run() throws -> [Measurement] {
    let held = SupervisedWorker(try BuiltAdapter.counting.configuration(.required))
    let free = SupervisedWorker(try BuiltAdapter.counting.configuration(.off))
    _ = try held.start()
    _ = try free.start()
    defer {
      held.stop()
      free.stop()
    }
    let batch = batch()
    var results: [EventResult] = []
    let rounds = 2_000
    let seconds = try Stopwatch.best(of: 7) {
      for _ in 0..<rounds { try held.deliver(batch, into: &results) }
    } against: {
      for _ in 0..<rounds { try free.deliver(batch, into: &results) }
    }
    return [
      Measurement(
        "round-trip", seconds.first / Double(rounds) * 1e6, "us",
        note: "a batch of \(batch.events.count) events, \(batch.ndjson.count) bytes, in the sandbox"
      ),
      Measurement(
        "round-trip-ratio", seconds.first / seconds.second, "x", atMost: 1.1,
        note: "in the sandbox against without it"),
    ]
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
