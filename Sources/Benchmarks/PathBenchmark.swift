import Cryptography
import DestinationFilter
import DestinationHost
import Foundation
import Workspace

/// The whole path: file in, scanned, sealed, to a worker, counted.
enum PathBenchmark {
  private static let threads = ProcessInfo.processInfo.activeProcessorCount
  /// Of each run; so many that the start of a worker is a small part of it.
  private static let count = 800_000

  static func withoutFields() throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: 0)
    try SampleEvents.write(count: count, to: workspace.folder + "/events.ndjson")
    let rates = try (0..<5).map { _ in try events(workspace) { $0.dropsDuplicates = false } }
    return Measurement(
      "path-0-fields", Turns.median(rates), "events/s", atLeast: 100_000,
      note: "\(threads) cores, every event durable in the queue on its way")
  }

  /// In turns with the yardstick on as many threads, so that both are of the same minute.
  static func withFields(_ fields: Int, atLeast target: Double? = nil) throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: fields)
    let count = 1_200_000 / fields
    try SampleEvents.write(count: count, to: workspace.folder + "/events.ndjson")
    let rates = try Turns.medians(
      of: 5,
      {
        let run = try run(workspace, count) { $0.dropsDuplicates = false }
        return Double(run.values.encrypted) / run.seconds
      }, against: { try EncryptionBenchmark.ceiling(workspace.key, threads: threads) })
    return Measurement(
      fields == 1 ? "path-1-field" : "path-\(fields)-fields", rates.first / rates.second, "ratio",
      atLeast: target,
      note: "\(Int(rates.first)) values/s; OpenSSL's loop alone does "
        + "\(Int(rates.second)) values/s on \(threads) cores")
  }

  static func withDuplicatesDropped() throws -> Measurement {
    let workspace = try BenchmarkWorkspace(fields: 0)
    try SampleEvents.writeDistinct(count: count, to: workspace.folder + "/events.ndjson")
    let rates = try Turns.medians(
      of: 5, { try events(workspace) { $0.fromStart = true } },
      against: { try events(workspace) { $0.dropsDuplicates = false } })
    return Measurement(
      "path-duplicates", rates.first / rates.second, "ratio", atLeast: 0.85,
      note: "\(Int(rates.first)) events/s with every messageId remembered, "
        + "\(Int(rates.second)) without")
  }

  static func withFilters() throws -> Measurement {
    let plain = try BenchmarkWorkspace(fields: 0)
    let filtering = try BenchmarkWorkspace(fields: 0)
    for workspace in [plain, filtering] {
      try SampleEvents.write(count: count, to: workspace.folder + "/events.ndjson")
    }
    for (index, statement) in FilterBenchmark.statements.enumerated() {
      // True of no event together with this: each is evaluated to its end, and none is dropped.
      try filtering.workspace.setFilter(
        EventFilter(
          name: "f\(index)", condition: "(\(statement)) and userId = null", action: .drop),
        of: "count")
    }
    let rates = try Turns.medians(
      of: 5, { try events(filtering) { $0.dropsDuplicates = false } },
      against: { try events(plain) { $0.dropsDuplicates = false } })
    return Measurement(
      "path-filters", rates.first / rates.second, "ratio", atLeast: 0.75,
      note: "\(Int(rates.first)) events/s with \(FilterBenchmark.statements.count) filters, "
        + "\(Int(rates.second)) without")
  }

  /// Events a second of one run.
  private static func events(
    _ workspace: BenchmarkWorkspace, _ change: (inout HostRun) -> Void
  ) throws -> Double {
    Double(count) / (try run(workspace, count, change)).seconds
  }

  /// One run over the workspace's file, which has so many events.
  private static func run(
    _ workspace: BenchmarkWorkspace, _ count: Int, _ change: (inout HostRun) -> Void
  ) throws -> RunSummary {
    let input = unsafe open(workspace.folder + "/events.ndjson", O_RDONLY)
    defer { close(input) }
    var run = HostRun(input: input)
    change(&run)
    let summary = try DestinationHost.run(run, on: workspace.workspace)
    let counted = try workspace.counted()
    precondition(summary.accepted == count && counted == count, "every event was counted")
    return summary
  }
}
