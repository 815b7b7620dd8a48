import Foundation
import Testing

@testable import AuditLog

@Suite struct CrashTests {
  @Test func `no acknowledged record is missing after kill -9`() async throws {
    let test = try TestLog()
    let acknowledgements = test.folder + "/acknowledged"
    var before = 0
    for round in 0..<6 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [
          folder = test.folder as String, acknowledgements = acknowledgements as String,
          milliseconds = 30 + 25 * round as Int
        ] in
        Thread {
          usleep(useconds_t(milliseconds * 1000))
          kill(getpid(), SIGKILL)
        }.start()
        try CrashTests.write(folder, acknowledgements)
      }
      let acknowledged = try Data(contentsOf: URL(fileURLWithPath: acknowledgements)).count
      let records = try test.open().records(matching: AuditQuery(type: .hostStarted))
      #expect(acknowledged > before)
      #expect(records.count >= acknowledged)
      before = acknowledged
    }
    #expect(test.sound != nil)
  }

  /// Writes a hundred records in a process of its own.
  private static func process(_ folder: String, first: Int) async {
    await #expect(processExitsWith: .success) { [folder = folder as String, first = first as Int] in
      let log = try AuditLog(
        directory: folder, keys: folder + "/keys", workspaceID: TestLog.workspaceID)
      for number in 0..<100 { try log.append(TestLog.entry(first + number)) }
    }
  }

  /// Writes records until the process is killed; each is acknowledged by a byte in a file.
  static func write(_ folder: String, _ acknowledgements: String) throws {
    let log = try AuditLog(
      directory: folder, keys: folder + "/keys", workspaceID: TestLog.workspaceID)
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
    _ = try test.open()
    await withTaskGroup(of: Void.self) { group in
      for process in 0..<4 {
        let folder = test.folder
        group.addTask { await CrashTests.process(folder, first: process * 100) }
      }
    }
    let records = try test.records()
    #expect(records.map(\.sequence) == Array(2...401))
    #expect(Set(records.map(\.requestID)).count == 400)
  }

  @Test(.enabled(if: hasPython, "needs python3"))
  func `the verifier of the notes agrees`() throws {
    let test = try TestLog()
    try test.write(50)
    let notes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/AuditLog/Notes.md")
    let text = try String(contentsOf: notes, encoding: .utf8)
    let program = try #require(text.components(separatedBy: "```python\n").last)
      .components(separatedBy: "```")[0]
    #expect(try run(program, test) == "51\n")
    var bytes = try test.bytes()
    bytes[500] ^= 1
    try test.replace(bytes)
    #expect(try run(program, test) != "51\n")
  }

  private static let hasPython = ProcessInfo.processInfo.environment["PATH", default: ""]
    .split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  private func run(_ program: String, _ test: TestLog) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program, TestLog.workspaceID, test.file]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
