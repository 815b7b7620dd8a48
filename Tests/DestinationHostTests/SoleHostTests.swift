import DestinationHost
import Foundation
import Synchronization
import Testing

/// A workspace is one host's at a time.
@Suite struct SoleHostTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  @Test func `no second host runs on a workspace`() throws {
    try host.addFile("file")
    let input = Pipe()
    try input.fileHandleForWriting.write(contentsOf: Data(TestHost.events(1).utf8))
    let stop = Mutex(false)
    let done = DispatchSemaphore(value: 0)
    let descriptor = input.fileHandleForReading.fileDescriptor
    let first = Box(host)
    let thread = Thread {
      _ = try? first.host.run(descriptor) { stop.withLock { $0 } }
      done.signal()
    }
    thread.start()
    while !host.reports.all.contains(where: { if case .progress = $0 { true } else { false } }) {
      usleep(10_000)
    }
    #expect {
      _ = try host.run("")
    } throws: { error in
      "\(error)".contains("a host runs on it already (pid \(getpid()))")
    }
    stop.withLock { $0 = true }
    done.wait()
  }
}

// The host of a test is used by two threads only where the workspace itself keeps them apart.
private struct Box: @unchecked Sendable {
  let host: TestHost

  init(_ host: TestHost) { self.host = host }
}
