import DestinationHost
import Foundation
import Workspace

/// Events in batches of 100 to a receiver on the loopback: file in, worker, request by the host.
enum WebhookBenchmark {
  private static let batch = 100

  static func run() throws -> [Measurement] {
    let server = LoopbackServer()
    defer { server.stop() }
    let workspace = try BenchmarkWorkspace(
      .webhook,
      settings: [
        "url": .string("http://127.0.0.1:\(server.port)/in"),
        "batch_events": .integer(Int64(batch)), "batch_bytes": .integer(10_000_000),
        "host.allow_private_addresses": .bool(true), "host.allow_plain_http": .bool(true),
      ])
    let ours = try best(workspace, server)
    let note = "batches of \(batch), \(ProcessInfo.processInfo.activeProcessorCount) cores"
    let rate = Measurement("webhook", ours, "events/s", atLeast: 30_000, note: note)
    let memory = try MemoryBenchmark.ratio("webhook-memory") { count in
      let before = server.requests
      let size = try MemoryBenchmark.peak(workspace, count: count)
      precondition((server.requests - before) * batch >= count, "all were sent")
      return size
    }
    guard let curl = try curl(workspace.folder, server) else { return [rate, memory] }
    return [
      rate, memory,
      Measurement(
        "webhook-curl-ratio", ours / curl, "ratio",
        note: "curl sends the same bodies over one connection at \(Int(curl)) events/s"),
    ]
  }

  private static func best(
    _ workspace: BenchmarkWorkspace, _ server: LoopbackServer
  ) throws -> Double {
    let count = 100_000
    let file = workspace.folder + "/events.ndjson"
    try SampleEvents.write(count: count, to: file)
    var best = 0.0
    for _ in 0..<3 {
      let before = server.requests
      let input = unsafe open(file, O_RDONLY)
      defer { close(input) }
      var run = HostRun(input: input)
      // The same events each time.
      run.dropsDuplicates = false
      let summary = try DestinationHost.run(run, on: workspace.workspace)
      precondition(summary.undelivered == 0 && summary.accepted == count, "all were delivered")
      precondition(server.requests - before >= count / batch, "all were sent")
      best = max(best, Double(count) / summary.seconds)
    }
    return best
  }

  /// The rate of `curl`, which sends one request after the other over one connection; nil where there is none.
  private static func curl(_ folder: String, _ server: LoopbackServer) throws -> Double? {
    let requests = 2_000
    let lines = SampleEvents(count: batch).lines
    let body =
      "[" + lines.map { String(decoding: $0.dropLast(), as: UTF8.self) }.joined(separator: ",")
      + "]"
    try Data(body.utf8).write(to: URL(fileURLWithPath: folder + "/body"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments = [
      "--silent", "--output", "/dev/null", "--header", "Content-Type: application/json",
      "--data-binary",
      "@\(folder)/body", "http://127.0.0.1:\(server.port)/in?[1-\(requests)]",
    ]
    process.standardOutput = FileHandle.nullDevice
    let clock = ContinuousClock()
    let time = try clock.measure {
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/curl") else { return }
      try process.run()
      process.waitUntilExit()
    }
    guard time > .milliseconds(10), process.terminationStatus == 0 else { return nil }
    return Double(requests * batch) / (time / .seconds(1))
  }
}
