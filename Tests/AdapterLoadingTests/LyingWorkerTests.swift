import Foundation
import Glibc
import Testing
import Workbench

@testable import AdapterLoading

/// Programs that stand in for a worker and do not say what a worker says.
@Suite struct LyingWorkerTests {
  /// Starts an adapter whose "worker" is a script that writes these bytes, in octal, to its message socket.
  private func start(saying script: String) throws -> LoadError? {
    let scratch = try Scratch()
    let program = try scratch.write("worker.sh", "#!/bin/sh\n\(script)\n", mode: 0o700)
    var configuration = try Fixture.configuration("CountingAdapter")
    configuration.executablePath = program
    configuration.startDeadline = .seconds(5)
    while true {
      do throws(LoadError) {
        _ = try SupervisedWorker(configuration).start()
        return nil
      } catch {
        // A process that another test starts right now may still hold the script open for writing.
        if case .system(_, ETXTBSY) = error { continue }
        return error
      }
    }
  }

  @Test func `noise is refused`() throws {
    let error = try start(saying: "printf 'HTTP/1.1 200 OK\\r\\n\\r\\n' >&3; sleep 5")
    #expect(
      error
        == .refusedByWorker(
          product: "org.sealpost.test.counting",
          reason: "it sent a message that it may not send now"))
  }

  @Test func `a message that claims gigabytes is refused`() throws {
    // Kind 102, a length of 4 GB.
    let error = try start(saying: "printf '\\146\\0\\0\\0\\377\\377\\377\\377' >&3; sleep 5")
    #expect(
      error
        == .refusedByWorker(
          product: "org.sealpost.test.counting",
          reason: "it sent a message that it may not send now"))
  }

  @Test func `a description that is cut off is refused`() throws {
    // Kind 104, the answer to the first message: four bytes that claim a text of 16 MB.
    let error = try start(
      saying: "printf '\\150\\0\\0\\0\\4\\0\\0\\0\\377\\377\\377\\0' >&3; sleep 5")
    #expect(
      error
        == .refusedByWorker(
          product: "org.sealpost.test.counting", reason: "its worker's answer is malformed."))
  }

  @Test func `a process that ends at once is told with its exit code`() throws {
    let error = try start(saying: "exit 3")
    #expect(
      error
        == .workerEnded(
          product: "org.sealpost.test.counting", during: "the sandbox", how: "exit code 3"))
  }
}
