import Foundation
import Synchronization
import Testing
import Workbench

@testable import AuditLog

@Suite struct CrashTests {
  private static let isNightly =
    ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] == "1"
  /// `SEALPOST_KILLS=100` for another number.
  private static let kills =
    ProcessInfo.processInfo.environment["SEALPOST_KILLS"].flatMap(Int.init)
    ?? (isNightly ? 1_000 : 50)

  @Test func `no acknowledged record is missing after kill -9`() async throws {
    let test = try TestLog()
    let acknowledgements = test.folder + "/acknowledged"
    _ = FileManager.default.createFile(atPath: acknowledgements, contents: nil)
    var acknowledged = 0
    for _ in 0..<Self.kills {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [
          folder = test.folder as String, acknowledgements = acknowledgements as String,
          microseconds = UInt32.random(in: 0..<40_000) as UInt32
        ] in
        Thread {
          usleep(microseconds)
          kill(getpid(), SIGKILL)
        }.start()
        try CrashTests.write(folder, acknowledgements)
      }
      acknowledged = try Data(contentsOf: URL(fileURLWithPath: acknowledgements)).count
      // The next start settles whatever was interrupted: a write, a hand-over of keys, a checkpoint.
      let log = try test.open(segmentSize: Self.segmentSize)
      if acknowledged % 7 == 0 { try log.append(TestLog.entry(1)) }
    }
    #expect(acknowledged > 50)
    let written = try test.open().records(matching: AuditQuery(type: .hostStarted))
    #expect(written.count >= acknowledged)
    let summary = try #require(test.sound)
    #expect(summary.signers.count > 1)
  }

  /// Small, so that kills fall into changes of segment too.
  private static let segmentSize = 20_000

  /// Writes records on four threads, in a process of its own.
  private static func process(_ folder: String, first: Int, count: Int) async {
    await #expect(processExitsWith: .success) {
      [folder = folder as String, first = first as Int, count = count as Int] in
      let log = try AuditLog(
        directory: folder, keys: folder + "/keys", workspaceID: TestLog.workspaceID)
      let failures = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 4) { thread in
        for number in stride(from: thread, to: count, by: 4)
        where (try? log.append(TestLog.entry(first + number))) == nil {
          failures.withLock { $0 += 1 }
        }
      }
      guard failures.withLock({ $0 }) == 0 else { exit(1) }
    }
  }

  /// Writes records until the process is killed; each is acknowledged by a byte in a file.
  static func write(_ folder: String, _ acknowledgements: String) throws {
    let log = try AuditLog(
      AuditFolder(path: folder, keys: folder + "/keys", segmentSize: segmentSize),
      workspaceID: TestLog.workspaceID)
    let file = unsafe open(acknowledgements, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var entry = TestLog.entry(0)
    entry.type = .hostStarted
    while true {
      try log.append(entry)
      var byte: UInt8 = 1
      guard unsafe Glibc.write(file, &byte, 1) == 1 else { return }
    }
  }

  @Test func `four processes write one gapless chain`() async throws {
    let test = try TestLog()
    let count = Self.isNightly ? 10_000 : 500
    _ = try test.open()
    await withTaskGroup(of: Void.self) { group in
      for process in 0..<4 {
        let folder = test.folder
        group.addTask {
          await CrashTests.process(folder, first: process * count, count: count)
        }
      }
    }
    let records = try test.records()
    #expect(records.map(\.sequence) == Array(2...UInt64(4 * count + 1)))
    #expect(Set(records.map(\.requestID)).count == 4 * count)
    #expect(test.sound?.covered == UInt64(4 * count + 1))
  }

  @Test(.enabled(if: Judge.hasPython, "needs python3"))
  func `the verifier of the notes agrees`() throws {
    let test = try TestLog()
    try test.write(50)
    let notes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/AuditLog/Notes.md")
    let text = try String(contentsOf: notes, encoding: .utf8)
    let program = try #require(text.components(separatedBy: "```python\n").last)
      .components(separatedBy: "```")[0]
    #expect(run(program, test) == "51\n")
    var bytes = try test.bytes()
    bytes[500] ^= 1
    try test.replace(bytes)
    #expect(run(program, test) != "51\n")
  }

  /// What the program says of the log; nothing where it ends with an error.
  private func run(_ program: String, _ test: TestLog) -> String {
    String(
      decoding: (try? Judge.python(program, [TestLog.workspaceID, test.file])) ?? [],
      as: UTF8.self)
  }
}
