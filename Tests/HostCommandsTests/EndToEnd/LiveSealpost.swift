import Foundation
import Glibc
import Workbench

/// A `sealpost` that runs beside the test, in a clinic's folder; what it prints goes nowhere, what it says to a file.
final class LiveSealpost {
  private let process = Process()
  /// Its folder is there as long as this.
  private let clinic: Clinic
  private let log: Scratch

  init(
    _ clinic: Clinic, _ words: [String], environment: [String: String] = [:], input: Pipe? = nil
  ) throws {
    self.clinic = clinic
    log = try Scratch()
    process.executableURL = URL(fileURLWithPath: Sealpost.executable)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: clinic.folder.path)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": clinic.folder.path]
      .merging(environment) { $1 }
    if let input {
      process.standardInput = input
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: try log.write("errors", ""))
    try process.run()
  }

  deinit { signal(SIGKILL) }

  var pid: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// What it has written to standard error so far.
  var errors: String { (try? log.text("errors")) ?? "" }

  func signal(_ number: Int32) { if process.isRunning { kill(pid, number) } }

  /// Waits for its end; the exit code, or the signal that ended it.
  @discardableResult
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Stops it as Ctrl-C does, or as another signal; what ``wait()`` gives.
  @discardableResult
  func stop(_ number: Int32 = SIGINT) -> Int32 {
    signal(number)
    return wait()
  }
}
