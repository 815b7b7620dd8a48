import AdapterLoading

/// A batch of 100 KB to a worker and back, over and over.
enum RoundTripBenchmark {
  static func run() throws -> [Measurement] {
    let path = try CountingAdapter.path()
    let manifest = try AdapterManifest(json: CountingAdapter.manifestJSON, path: "adapter.json")
    let worker = SupervisedWorker(
      WorkerConfiguration(
        libraryPath: path, expectedSHA256: try SealedLibrary(path: path).sha256,
        manifest: manifest, destinationID: "benchmark", settingsJSON: Array("{}".utf8),
        willLoad: { _ in }, observe: { _ in }))
    let start = try Stopwatch.seconds { _ = try worker.start() }
    defer { worker.stop() }
    let batch = batch()
    var results: [EventResult] = []
    let rounds = 2_000
    let seconds = try Stopwatch.best(of: 5) {
      for _ in 0..<rounds { try worker.deliver(batch, into: &results) }
    }
    return [
      Measurement(
        "round-trip", seconds / Double(rounds) * 1e6, "us",
        note: "a batch of \(batch.events.count) events, \(batch.ndjson.count) bytes"),
      Measurement(
        "round-trip-start", start * 1e3, "ms", note: "checks, process, sealed dlopen, start"),
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
