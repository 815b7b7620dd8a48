import Cryptography
import DestinationFilter
import DestinationHost
import Foundation
import Workspace

/// The whole path: file in, scanned, sealed, to a worker, counted.
enum PathBenchmark {
  private static let threads = ProcessInfo.processInfo.activeProcessorCount

  static func run() throws -> [Measurement] {
    [
      try withoutFields(), try withFields(1, atLeast: 0.85), try withFields(3, atLeast: nil),
      try withDuplicatesDropped(), try withFilters(),
    ]
  }

  private static func withDuplicatesDropped() throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: 0)
    try SampleEvents.writeDistinct(count: 100_000, to: workspace.folder + "/events.ndjson")
    let without = try rate(workspace, runs: 3) { $0.dropsDuplicates = false }
    let with = try rate(workspace, runs: 3) { $0.fromStart = true }
    return Measurement(
      "path-duplicates", with / without, "ratio", atLeast: 0.85,
      note: "\(Int(with)) events/s with every messageId remembered, \(Int(without)) without")
  }

  private static func withFilters() throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: 0)
    try SampleEvents.writeDistinct(count: 100_000, to: workspace.folder + "/events.ndjson")
    let without = try rate(workspace, runs: 3) { $0.dropsDuplicates = false }
    for (index, statement) in FilterBenchmark.statements.enumerated() {
      // True of no event together with this: each is evaluated to its end, and none is dropped.
      try workspace.workspace.setFilter(
        EventFilter(
          name: "f\(index)", condition: "(\(statement)) and userId = null", action: .drop),
        of: "count")
    }
    let with = try rate(workspace, runs: 3) { $0.dropsDuplicates = false }
    return Measurement(
      "path-filters", with / without, "ratio", atLeast: 0.75,
      note: "\(Int(with)) events/s with \(FilterBenchmark.statements.count) filters, "
        + "\(Int(without)) without")
  }

  /// Events a second; the best of several runs over the file of the workspace.
  private static func rate(
    _ workspace: BenchmarkWorkspace, runs: Int, _ change: (inout HostRun) -> Void
  ) throws -> Double {
    var best = 0.0
    for _ in 0..<runs {
      let input = unsafe open(workspace.folder + "/events.ndjson", O_RDONLY)
      defer { close(input) }
      var run = HostRun(input: input)
      change(&run)
      let summary = try DestinationHost.run(run, on: workspace.workspace)
      precondition(summary.accepted == 100_000, "every event was accepted")
      best = max(best, Double(summary.accepted) / summary.seconds)
    }
    return best
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
      var run = HostRun(input: input)
      // The events of the file come over and over.
      run.dropsDuplicates = false
      let summary = try DestinationHost.run(run, on: workspace.workspace)
      let counted = try workspace.counted()
      precondition(summary.accepted == count && counted == count, "every event was counted")
      if Double(count) / summary.seconds > best.events {
        best = (
          Double(count) / summary.seconds, Double(summary.values.encrypted) / summary.seconds
        )
      }
    }
    return best
  }
}
