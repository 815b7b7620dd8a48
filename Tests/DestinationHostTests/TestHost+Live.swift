import DestinationHost
import Foundation
import Synchronization
import Testing
import Workspace

extension TestHost {
  /// A run on a pipe that the test feeds; `body` changes the workspace while it goes on.
  func live(
    _ body: (_ feed: (Range<Int>) throws -> Void, _ workspace: Workspace) throws -> Void
  ) throws -> RunSummary {
    let input = Pipe()
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<RunSummary, any Error>?>(nil)
    let descriptor = input.fileHandleForReading.fileDescriptor
    let running = Running(host: self)
    let thread = Thread {
      let outcome = Result { try running.host.run(descriptor) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    thread.start()
    // As another process does.
    let workspace = try Workspace.open(at: self.workspace.layout.root)
    try body(
      { numbers in
        let lines = numbers.map { TestHost.event($0) + "\n" }.joined()
        try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
      }, workspace)
    try input.fileHandleForWriting.close()
    done.wait()
    return try #require(result.withLock { $0 }).get()
  }

  func waitUntil(_ what: String, _ holds: () throws -> Bool) throws {
    for _ in 0..<1500 {
      if try holds() { return }
      usleep(10_000)
    }
    Issue.record("\(what): it did not come about in 15 seconds")
  }
}

// The host of a test is used by one other thread, for its run; its workspace and reports are for any thread.
private struct Running: @unchecked Sendable {
  let host: TestHost
}
