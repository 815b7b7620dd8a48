import AdapterLoading
import Cryptography
import DestinationHost
import Foundation
import Workspace

/// From a signed package on the disk to its first event at the destination, with every check and every record.
enum InstallBenchmark {
  static func run() throws -> [Measurement] {
    let adapter = BuiltAdapter.counting
    let key = try Ed25519.SigningKey.generate()
    var best = Double.infinity
    for _ in 0..<5 {
      let bench = try BenchmarkWorkspace(fields: 0)
      let package = try sign(adapter, in: bench.folder, with: key)
      try bench.workspace.disableDestination("count")
      try bench.workspace.removeDestination("count")
      try bench.workspace.trust(
        key.verifyingKey, id: AdapterKey.id(of: key.verifyingKey), name: "Benchmark")
      try bench.workspace.setAdapterSignatures(.required)
      let events = bench.folder + "/event.ndjson"
      try SampleEvents.write(count: 1, to: events)
      best = min(best, try Stopwatch.seconds { try first(package, events, bench) })
    }
    return [
      Measurement(
        "install-to-first-delivery", best * 1e3, "ms",
        note: "signature, ELF rules, copy, destination, start in the sandbox, one event, stop; "
          + "five audited changes")
    ]
  }

  private static func first(
    _ package: String, _ events: String, _ bench: BenchmarkWorkspace
  ) throws {
    var inspected = try InstalledPackage.toInstall(package, into: bench.workspace)
    inspected.isApproved = true
    try bench.workspace.install(inspected)
    try bench.workspace.addDestination(
      "first", adapter: inspected.product, settings: ["path": .string(bench.folder + "/counts")])
    try bench.workspace.enableDestination("first")
    let input = unsafe open(events, O_RDONLY)
    defer { close(input) }
    var run = HostRun(input: input)
    run.dropsDuplicates = false
    _ = try DestinationHost.run(run, on: bench.workspace)
    let counted = try bench.counted()
    precondition(counted == 1, "the event was counted")
  }

  /// The folder of a package, signed.
  private static func sign(
    _ adapter: BuiltAdapter, in folder: String, with key: Ed25519.SigningKey
  ) throws -> String {
    let package = folder + "/package"
    let library = URL(fileURLWithPath: try adapter.path())
    try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      at: library, to: URL(fileURLWithPath: "\(package)/\(library.lastPathComponent)"))
    try Data(adapter.manifestJSON).write(to: URL(fileURLWithPath: package + "/adapter.json"))
    _ = try PackageSigning.sign(folder: package, with: key, release: 1)
    return package
  }
}
