import Foundation
import Synchronization
import Testing
import Workbench
import Workspace

@testable import DestinationHost

/// A folder whose files are read as they come.
@Suite(.enabled(if: Built.hasSealpost, "sealpost was not built beside the tests"))
struct FolderSourceTests {
  private let host: TestHost
  private let output: String
  private let folder: String

  init() throws {
    host = try TestHost()
    output = try host.addFile("file")
    folder = host.folder + "/spool"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
  }

  private func append(_ name: String, _ text: String) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(name)"))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  private func events(_ numbers: Range<Int>) -> String {
    numbers.map { TestHost.event($0) + "\n" }.joined()
  }

  /// The numbers of what arrived, in order.
  private func arrived() -> [Int] {
    ((try? host.lines(output)) ?? []).compactMap {
      $0.firstMatch(of: #/"messageId":"m-(\d+)"/#).flatMap { Int($0.1) }
    }
  }

  /// One run over what is in the folder.
  @discardableResult
  private func runOnce(_ change: (inout HostRun) -> Void = { _ in }) throws -> RunSummary {
    try host.run(
      "",
      change: {
        $0.input = nil
        $0.inputFolder = folder
        $0.untilIdle = true
        change(&$0)
      })
  }

  @Test func `files are read in the order of their names, and a second run adds nothing`() throws {
    try write("b.ndjson", events(10..<20))
    try write("a.ndjson", events(0..<10))
    try write("c.ndjson", events(20..<30))
    #expect(try runOnce().accepted == 30)
    #expect(arrived() == Array(0..<30))
    #expect(try runOnce().accepted == 0)
    #expect(try runOnce { $0.fromStart = true }.accepted == 30)
  }

  @Test func `what is hidden, unfinished, a link or a folder is left alone`() throws {
    try write("a.ndjson", events(0..<1))
    for name in [".hidden", "b.ndjson.tmp", "c.part"] { try write(name, events(5..<6)) }
    try FileManager.default.createDirectory(
      atPath: folder + "/sub.ndjson", withIntermediateDirectories: true)
    unsafe symlink("a.ndjson", folder + "/link.ndjson")
    unsafe mkfifo(folder + "/pipe.ndjson", 0o600)
    #expect(try runOnce().accepted == 1)
  }

  @Test func `a line counts when its end is written`() throws {
    let line = TestHost.event(1)
    try write("a.ndjson", TestHost.event(0) + "\n" + line.prefix(40))
    #expect(try runOnce().accepted == 1)
    try append("a.ndjson", String(line.dropFirst(40)))
    #expect(try runOnce().accepted == 0)
    try append("a.ndjson", "\n")
    let last = try runOnce()
    #expect(last.accepted == 1 && last.rejected == 0)
    #expect(arrived() == [0, 1])
  }

  @Test func `a file under another name is the same file, a new one of its name is new`() throws {
    try write("a.ndjson", events(0..<10))
    try runOnce()
    try FileManager.default.moveItem(atPath: folder + "/a.ndjson", toPath: folder + "/a.ndjson.1")
    try append("a.ndjson.1", events(10..<12))
    try write("a.ndjson", events(20..<25))
    #expect(try runOnce().accepted == 7)
    #expect(Set(arrived()) == Set(0..<12).union(20..<25))
    #expect(arrived().count == 17)
  }

  @Test func `rejected lines are told with their file`() throws {
    try write("a.ndjson", events(0..<2) + "nonsense\n")
    #expect(try runOnce().rejected == 1)
    #expect(host.reports.rejections.map(\.file) == ["a.ndjson"])
    #expect(host.reports.rejections.map(\.line) == [3])
  }

  @Test func `a folder that is not there ends the run with an error`() throws {
    #expect(throws: (any Error).self) { try runOnce { $0.inputFolder = folder + "/none" } }
  }

  @Test func `what comes while the host runs is delivered: more lines, more files, a shorter file`()
    throws
  {
    try write("a.ndjson", events(0..<10))
    let stop = Mutex(false)
    let (running, folder) = (Running(host), folder)
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<RunSummary, any Error>?>(nil)
    let thread = Thread {
      let outcome = Result {
        try running.host.run(
          "", stop: { stop.withLock { isAsked in isAsked } },
          change: {
            $0.input = nil
            $0.inputFolder = folder
          })
      }
      result.withLock { $0 = outcome }
      done.signal()
    }
    thread.start()
    try waitUntil(10)
    try append("a.ndjson", events(10..<15))
    try waitUntil(15)
    try write("b.ndjson", events(15..<20))
    try waitUntil(20)
    // As a log is that is copied and then cut.
    try write("a.ndjson", events(20..<22))
    try waitUntil(22)
    stop.withLock { $0 = true }
    done.wait()
    #expect(try #require(result.withLock { $0 }).get().wasStopped)
    #expect(arrived() == Array(0..<22))
  }

  private func waitUntil(_ count: Int) throws {
    for _ in 0..<1500 where arrived().count < count { usleep(10_000) }
    #expect(arrived().count == count)
  }

  // The host of a test is used by one other thread, for its run.
  private struct Running: @unchecked Sendable {
    let host: TestHost

    init(_ host: TestHost) { self.host = host }
  }
}
