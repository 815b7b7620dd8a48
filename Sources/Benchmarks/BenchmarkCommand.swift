import Foundation

/// `Benchmarks [NAME …] [--json]`.
enum BenchmarkCommand {
  /// In the order in which they are run: what the later ones rest on comes first.
  private static let all: [(prefix: String, run: @Sendable () throws -> [Measurement])] = [
    ("scanner", { ScannerBenchmark.run() }), ("filter", { try FilterBenchmark.run() }),
    ("encryption", { try EncryptionBenchmark.run() }),
    ("tokens", { try TokenBenchmark.run() }), ("decrypt", { try DecryptionBenchmark.run() }),
    ("round-trip", { try RoundTripBenchmark.run() }),
    ("worker-start", { try WorkerStartBenchmark.run() }),
    ("install", { try InstallBenchmark.run() }),
    ("queue-append", { try [QueueBenchmark.append()] }),
    ("queue-recovery", { try QueueBenchmark.recovery() }),
    ("queue-memory", { try [QueueBenchmark.backlog()] }),
    ("path-0-fields", { try [PathBenchmark.withoutFields()] }),
    ("path-1-field", { try [PathBenchmark.withFields(1, atLeast: 0.85)] }),
    ("path-3-fields", { try [PathBenchmark.withFields(3)] }),
    ("path-duplicates", { try [PathBenchmark.withDuplicatesDropped()] }),
    ("path-filters", { try [PathBenchmark.withFilters()] }),
    ("webhook", { try WebhookBenchmark.run() }),
    ("source", { try SourceBenchmark.run() }),
    ("stream-durable", { try StreamBenchmark.durable() }),
    ("stream-hosts", { try StreamBenchmark.hosts() }),
    ("memory", { try MemoryBenchmark.run() }), ("audit", { try AuditBenchmark.run() }),
  ]

  /// 0 when every target was met, 1 when one was not, 2 for wrong usage, 70 when a benchmark failed.
  static func run(_ words: [String]) -> Int32 {
    let wantsJSON = words.contains("--json")
    let names = words.filter { $0 != "--json" }
    if names.contains("--help") || names.contains(where: { !isKnown($0) }) { return usage() }
    do {
      let found = try measure(names, tells: !wantsJSON)
      if wantsJSON { try printJSON(found) }
      return found.contains { $0.isMet == false } ? 1 : 0
    } catch {
      say("error: \(error)")
      return 70
    }
  }

  private static func isKnown(_ name: String) -> Bool {
    all.contains { name.hasPrefix($0.prefix) || $0.prefix.hasPrefix(name) }
  }

  private static func usage() -> Int32 {
    say("Usage: Benchmarks [NAME …] [--json]")
    say("Names: \(all.map(\.prefix).joined(separator: ", ")), or the beginning of a figure's name.")
    return 2
  }

  private static func measure(_ names: [String], tells: Bool) throws -> [Measurement] {
    var found: [Measurement] = []
    for benchmark in all
    where names.isEmpty
      || names.contains(where: { $0.hasPrefix(benchmark.prefix) || benchmark.prefix.hasPrefix($0) })
    {
      say("measuring \(benchmark.prefix) …")
      for measurement in try benchmark.run()
      where names.isEmpty || names.contains(where: measurement.name.hasPrefix) {
        if tells { print(measurement.line) }
        found.append(measurement)
      }
    }
    return found
  }

  private static func printJSON(_ measurements: [Measurement]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(measurements), as: UTF8.self))
  }

  private static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

extension Measurement {
  /// `name  value unit  target  met  note`, for people.
  var line: String {
    let number = value < 100 ? String(format: "%.3f", value) : String(format: "%.0f", value)
    let mark =
      switch isMet {
      case true?: "met"
      case false?: "MISSED"
      case nil: ""
      }
    let goal =
      target.map { $0 < 100 ? String(format: "%.2f", $0) : String(format: "%.0f", $0) } ?? ""
    return pad(name, 26) + pad("\(number) \(unit)", 20) + pad(goal, 9) + pad(mark, 8) + note
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
