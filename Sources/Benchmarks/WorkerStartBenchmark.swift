import AdapterLoading

/// How long a worker takes to start with all its checks, and to stop; in the sandbox and without.
enum WorkerStartBenchmark {
  static func run() throws -> [Measurement] {
    try starts(.counting, "c", most: 25) + starts(.console, "swift", most: 60)
  }

  private static func starts(
    _ adapter: BuiltAdapter, _ language: String, most: Double
  ) throws -> [Measurement] {
    let held = try adapter.configuration(.required)
    let free = try adapter.configuration(.off)
    let seconds = try Stopwatch.best(of: 7) {
      try startAndStop(held)
    } against: {
      try startAndStop(free)
    }
    let size = try SealedLibrary(path: try adapter.path()).size
    return [
      Measurement(
        "worker-start-\(language)", seconds.first * 1e3, "ms", atMost: most,
        note: "a library of \(size) bytes: checks, process, sandbox, sealed dlopen, start, stop"),
      Measurement(
        "worker-start-\(language)-ratio", seconds.first / seconds.second, "x",
        note: "against without the sandbox"),
    ]
  }

  private static func startAndStop(_ configuration: WorkerConfiguration) throws {
    let worker = SupervisedWorker(configuration)
    _ = try worker.start()
    worker.stop()
  }
}
