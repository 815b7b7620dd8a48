import AdapterLoading
import DestinationHost
import Foundation
import Glibc
import KafkaClient
import Synchronization
import Workspace

/// A host in a process of its own, perhaps pinned to one core, that reads a topic and says how far it is.
///
/// It prints `reading N` when it was given partitions, and `at NANOSECONDS EVENTS` for each block that is durable.
final class StreamRun {
  private static let word = "--stream-run"

  // MARK: - In the child

  /// `--stream-run WORKSPACE ADDRESS`.
  static func runIfRequested() throws {
    let words = CommandLine.arguments
    guard words.count == 4, words[1] == word else { return }
    signal(SIGTERM) { _ in StreamRun.isAsked.store(true, ordering: .relaxed) }
    var run = HostRun(
      input: nil, shouldStop: { isAsked.load(ordering: .relaxed) }, report: tell)
    var properties = "session.timeout.ms=6000\nheartbeat.interval.ms=300\n"
    properties += "max.poll.interval.ms=60000\n"
    run.stream = StreamInput(
      try KafkaAddress(words[3]), group: "benchmark",
      try KafkaProperties(Array(properties.utf8), path: ""))
    _ = try DestinationHost.run(run, on: Workspace.open(at: words[2]))
    exit(0)
  }

  private static let isAsked = Atomic<Bool>(false)

  private static func tell(_ report: HostReport) {
    switch report {
    case .stream(.reading(let partitions)): say("reading \(partitions.count)")
    case .progress(let progress):
      say("at \(DispatchTime.now().uptimeNanoseconds) \(progress.accepted)")
    default: break
    }
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }

  // MARK: - Here

  private let process = Process()
  private let log: String
  /// Its folder is there as long as this.
  private let workspace: BenchmarkWorkspace

  init(_ workspace: BenchmarkWorkspace, _ cluster: MockCluster, core: Int? = nil) throws {
    self.workspace = workspace
    log = workspace.folder + "/progress"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let words = [Self.word, workspace.workspace.layout.root, cluster.address]
    process.executableURL = core == nil ? program : URL(fileURLWithPath: "/usr/bin/taskset")
    process.arguments = (core.map { ["--cpu-list", "\($0)", program.path] } ?? []) + words
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try process.run()
  }

  private var lines: [[Substring]] {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { $0.split(separator: " ") }
  }

  var isRunning: Bool { process.isRunning }

  /// How many partitions it has.
  var partitions: Int { lines.last { $0[0] == "reading" }.flatMap { Int($0[1]) } ?? 0 }

  /// When it had accepted how many events; in seconds.
  var progress: [(seconds: Double, events: Int)] {
    lines.filter { $0.count == 3 && $0[0] == "at" }.map {
      ((Double($0[1]) ?? 0) / 1e9, Int($0[2]) ?? 0)
    }
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
