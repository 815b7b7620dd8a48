import DestinationHost
import Foundation
import Workspace

/// Hosts that read a topic; brokers, hosts and adapters share two cores.
enum StreamBenchmark {
  /// A host ended, or did not come to what it should in three minutes.
  struct TooSlow: Error {}

  /// From the first block that is durable to the last.
  static func durable() throws -> [Measurement] {
    let count = 200_000
    var best = 0.0
    for _ in 0..<3 {
      let cluster = try MockCluster()
      try cluster.fill(count)
      let run = try StreamRun(BenchmarkWorkspace(fields: 0), cluster)
      try wait([run]) { ($0.progress.last?.events ?? 0) >= count }
      let (first, last) = (run.progress[0], run.progress[run.progress.count - 1])
      run.stop()
      best = max(best, Double(last.events - first.events) / (last.seconds - first.seconds))
    }
    return [
      Measurement(
        "stream-durable", best, "events/s", atLeast: 50_000,
        note:
          "\(count) messages in \(MockCluster.partitions) partitions, the brokers on the same cores"
      )
    ]
  }

  /// In turns, so that both are of the same minute.
  static func hosts() throws -> [Measurement] {
    let rates = try Turns.medians(
      of: 3, { try rate(cores: [0, 1]) }, against: { try rate(cores: [0]) })
    return [
      Measurement(
        "stream-hosts", rates.first / rates.second, "ratio",
        note:
          "two hosts \(Int(rates.first)) events/s, one \(Int(rates.second)), three fields of 2048 bits each; "
          + "the brokers take their part of the cores")
    ]
  }

  /// Of hosts that are one group, one on each of the cores: while all of them have something to read.
  private static func rate(cores: [Int]) throws -> Double {
    let count = 30_000 * cores.count
    let cluster = try MockCluster()
    let workspaces = try cores.map { _ in try BenchmarkWorkspace(fields: 3) }
    let runs = try zip(workspaces, cores).map { try StreamRun($0, cluster, core: $1) }
    defer { runs.forEach { $0.stop() } }
    try wait(runs) { $0.partitions == MockCluster.partitions / cores.count }
    try cluster.fill(count)
    let start = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
    try wait(runs) { ($0.progress.last?.events ?? 0) >= count * 9 / 10 / cores.count }
    // Each host up to nine tenths of an equal share: so long none of them waits for another.
    return runs.reduce(0) { sum, run in
      let done = run.progress.filter { $0.events <= count * 9 / 10 / cores.count }
      let since = done.filter { $0.seconds >= start }
      guard let first = since.first, let last = since.last, last.seconds > first.seconds else {
        return sum
      }
      return sum + Double(last.events - first.events) / (last.seconds - first.seconds)
    }
  }

  /// Until it is so of every host; three minutes at most.
  private static func wait(_ runs: [StreamRun], until isReached: (StreamRun) -> Bool) throws {
    for _ in 0..<1_800 where runs.allSatisfy(\.isRunning) {
      if runs.allSatisfy(isReached) { return }
      Thread.sleep(forTimeInterval: 0.1)
    }
    throw TooSlow()
  }
}
