import Cryptography
import DestinationHost
import Foundation

/// The whole path: file in, scanned, sealed, to a worker, counted.
enum PathBenchmark {
  private static let threads = ProcessInfo.processInfo.activeProcessorCount

  static func run() throws -> [Measurement] {
    [try withoutFields(), try withFields(1, atLeast: 0.85), try withFields(3, atLeast: nil)]
  }

  private static func withoutFields() throws -> Measurement {
    let rate = try best(BenchmarkWorkspace(fields: 0), count: 300_000, runs: 3).events
    return Measurement(
      "path-0-fields", rate, "events/s", atLeast: 100_000,
      note: "\(threads) cores, every event durable in the queue on its way")
  }

  private static func withFields(_ fields: Int, atLeast target: Double?) throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: fields)
    let before = try EncryptionBenchmark.ceiling(workspace.key, threads: threads)
    let rate = try best(workspace, count: 120_000 / fields, runs: 3)
    let ceiling = max(before, try EncryptionBenchmark.ceiling(workspace.key, threads: threads))
    return Measurement(
      fields == 1 ? "path-1-field" : "path-\(fields)-fields", rate.values / ceiling, "ratio",
      atLeast: target,
      note: "\(Int(rate.events)) events/s, \(Int(rate.values)) values/s; OpenSSL's loop alone does "
        + "\(Int(ceiling)) values/s on \(threads) cores")
  }

  /// Events and encrypted values a second.
  private static func best(
    _ workspace: BenchmarkWorkspace, count: Int, runs: Int
  ) throws -> (events: Double, values: Double) {
    let file = workspace.folder + "/events.ndjson"
    try SampleEvents.write(count: count, to: file)
    var best = (events: 0.0, values: 0.0)
    for _ in 0..<runs {
      let input = unsafe open(file, O_RDONLY)
      defer { close(input) }
      let summary = try DestinationHost.run(HostRun(input: input), on: workspace.workspace)
      let counted = try workspace.counted()
      precondition(summary.accepted == count && counted == count, "every event was counted")
      if Double(count) / summary.seconds > best.events {
        best = (
          Double(count) / summary.seconds, Double(summary.encryptedValues) / summary.seconds
        )
      }
    }
    return best
  }
}
