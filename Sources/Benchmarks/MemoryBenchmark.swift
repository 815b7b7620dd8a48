import DestinationHost
import Foundation
import Workspace

/// Whether the host's memory grows with its input: largest resident size of a process of its own, at two lengths.
enum MemoryBenchmark {
  static func run() throws -> [Measurement] {
    let workspace = try BenchmarkWorkspace(fields: 0)
    return [
      try ratio("memory") { count in
        let size = try peak(workspace, count: count)
        let counted = try workspace.counted()
        precondition(counted == count, "every event was counted")
        return size
      }
    ]
  }

  /// What is measured at 1,000,000 events by what it is at 100,000: how the threads' work falls moves each by some megabytes.
  static func ratio(_ name: String, _ peak: (Int) throws -> Int) rethrows -> Measurement {
    let (large, small) = try Turns.medians(
      of: 5, { Double(try peak(1_000_000)) }, against: { Double(try peak(100_000)) })
    return Measurement(
      name, large / small, "ratio", within: 0.1,
      note: "\(Int(large)) KB at 1,000,000 events, \(Int(small)) KB at 100,000")
  }

  /// Of a process that reads that many events, in KB.
  static func peak(_ workspace: BenchmarkWorkspace, count: Int) throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [PathRun.argument, workspace.workspace.layout.root]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let pieces = SampleEvents(count: 5_000).bytes
    for _ in 0..<count / 5_000 {
      try input.fileHandleForWriting.write(contentsOf: Data(pieces))
    }
    try input.fileHandleForWriting.close()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "the host came to its end")
    return Int(String(decoding: answer, as: UTF8.self).split(separator: "\n")[0]) ?? 0
  }
}

/// A process that only runs the host, on standard input, and says how much memory it took.
enum PathRun {
  static let argument = "__path-run"

  /// Does so when this process was started for it, and then never returns.
  static func runIfRequested() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, arguments[1] == argument else { return }
    do {
      let workspace = try Workspace.open(at: arguments[2])
      var run = HostRun(input: STDIN_FILENO)
      run.dropsDuplicates = false
      _ = try DestinationHost.run(run, on: workspace)
      print(try peak())
      exit(0)
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(70)
    }
  }

  /// Of this process alone, without its workers: `VmHWM` of proc(5).
  static func peak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
