import Foundation
import Testing
import Workbench

/// Runs a built adapter in a process of its own, by the C contract alone: `Tests/Fixtures/AdapterDriver`.
///
/// Not in the test's process: that has a DestinationKit of its own, and a Swift runtime knows a type by its name.
struct Driver {
  struct Run {
    let code: Int32
    /// What the driver wrote down, by line.
    let report: [String]
    let output: String
    let errors: String

    /// The outcome of each event, in order.
    var outcomes: [Int] {
      report.filter { $0.hasPrefix("result ") }.compactMap { Int($0.split(separator: " ")[1]) }
    }

    func lines(_ word: String) -> [String] {
      report.filter { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
    }
  }

  let folder: Scratch
  let adapter: String

  init(_ adapter: String) throws {
    self.adapter = adapter
    folder = try Scratch()
  }

  /// Runs the script with settings; standard output goes to a file unless another place is named.
  func run(_ settings: String, _ script: String, output: FileHandle? = nil) throws -> Run {
    let process = Process()
    process.executableURL = Built.folder.appendingPathComponent("AdapterDriver")
    process.arguments = [Built.library(adapter), settings, folder.file("report")]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = try folder.handle("script", script)
    process.standardOutput = try output ?? folder.handle("output", "")
    process.standardError = try folder.handle("errors", "")
    try process.run()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus,
      report: try folder.text("report").split(separator: "\n").map(String.init),
      output: output == nil ? try folder.text("output") : "", errors: try folder.text("errors"))
  }
}

extension Scratch {
  /// Every file but those of the driver, by name.
  func names(of prefix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(prefix) }
      .sorted()
  }

  func handle(_ name: String, _ text: String) throws -> FileHandle {
    try write(name, text)
    return try #require(FileHandle(forUpdatingAtPath: file(name)))
  }
}
