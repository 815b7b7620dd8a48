import AuditLog
import DestinationHost
import EventJSON
import FieldEncryption
import Foundation
import Synchronization
import Testing
import Workspace

@Suite struct RunTests {
  private let host: TestHost

  init() throws { host = try TestHost() }

  @Test func `without an enabled destination nothing runs`() throws {
    #expect(throws: HostError.noDestination) { _ = try host.run("") }
  }

  @Test func `events arrive in their order, byte for byte`() throws {
    let path = try host.addFile("file")
    let text = TestHost.events(5_000)
    let summary = try host.run(text)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    #expect(summary.read == 5_000 && summary.accepted == 5_000 && summary.rejected == 0)
    #expect(summary.destinations.map(\.counts.delivered) == [5_000])
    #expect(summary.undelivered == 0)
  }

  @Test func `each destination gets its own encryption`() throws {
    let clear = try host.addFile("clear")
    let sealed = try host.addFile("sealed", fields: ["email"])
    let summary = try host.run(TestHost.events(200))
    #expect(summary.destinations.map(\.id) == ["clear", "sealed"])
    #expect(summary.destinations.map(\.counts.values.encrypted) == [0, 200])
    #expect(try host.lines(clear)[7] == TestHost.event(7))
    let lines = try host.lines(sealed)
    for (number, line) in lines.enumerated() {
      let parts = TestHost.event(number).split(separator: "\"p\(number)@example.com\"")
      #expect(line.hasPrefix(parts[0]) && line.hasSuffix(parts[1]))
      #expect(!line.contains("example.com"))
    }
    #expect(try opened(sealed) == (0..<200).map { TestHost.event($0) })
  }

  /// What the owner reads with the private key.
  private func opened(_ path: String) throws -> [String] {
    let input = unsafe open(path, O_RDONLY)
    let output = unsafe open(path + ".opened", O_RDWR | O_CREAT, 0o600)
    defer {
      close(input)
      close(output)
    }
    let key = try #require(TestHost.key)
    _ = try Decryption.decryptStream(from: input, to: output, keys: [key])
    return try host.lines(path + ".opened")
  }

  @Test func `lines that are no events are told with number and reason, in order`() throws {
    let path = try host.addFile("file")
    let bad = [
      "not json", "", TestHost.event(3), #"{"type":"track"}"#,
      #"{"type":"dance","userId":"u"}"#, #"{"type":"page","type":"page","userId":"u"}"#,
      #"{"type":"page","userId":"u","context":{"a":"\#("\u{0}")"}}"#,
      #"{"type":"page","userId":"u","x":"#, TestHost.event(8),
      "{\"type\":\"page\",\"userId\":\"\(String(repeating: "x", count: 40_000))\"}",
      String(repeating: "y", count: 10 << 20), TestHost.event(11),
    ]
    let summary = try host.run(bad.joined(separator: "\n"))
    #expect(summary.read == 12 && summary.accepted == 3)
    #expect(host.reports.rejections.map(\.line) == [1, 2, 4, 5, 6, 7, 8, 10, 11])
    #expect(summary.rejections["too_long"] == 2)
    #expect(try host.lines(path) == [3, 8, 11].map { TestHost.event($0) })
  }

  @Test func `invalid UTF-8 is rejected, and the run goes on`() throws {
    let path = try host.addFile("file")
    let input = Pipe()
    try input.fileHandleForWriting.write(
      contentsOf: Data(#"{"type":"page","userId":"\#("u")"}"#.utf8) + [0x0A]
        + Data(#"{"type":"page","userId":""#.utf8) + [0xFF, 0xFE] + Data("\"}\n".utf8)
        + Data((TestHost.event(1) + "\n").utf8))
    try input.fileHandleForWriting.close()
    let summary = try host.run(input.fileHandleForReading.fileDescriptor)
    #expect(summary.accepted == 2)
    #expect(host.reports.rejections.map(\.line) == [2])
    #expect(try host.lines(path).last == TestHost.event(1))
  }

  @Test func `an event without an id gets one, the same at every destination`() throws {
    let first = try host.addFile("first")
    let second = try host.addFile("second")
    _ = try host.run(#"{"type":"page","userId":"u"}"# + "\n")
    let lines = try host.lines(first)
    #expect(
      lines[0].wholeMatch(of: #/\{"messageId":"[0-9a-f-]{36}","type":"page","userId":"u"\}/#) != nil
    )
    #expect(try host.lines(second) == lines)
  }

  @Test func `an empty input is a run with nothing in it`() throws {
    try host.addFile("file")
    let summary = try host.run("")
    #expect(summary.read == 0 && summary.accepted == 0)
  }

  @Test func `what is read before a stop is delivered`() throws {
    let path = try host.addFile("file")
    let input = Pipe()
    try input.fileHandleForWriting.write(contentsOf: Data(TestHost.events(50).utf8))
    let asked = Mutex(0)
    let summary = try host.run(input.fileHandleForReading.fileDescriptor) {
      asked.withLock {
        $0 += 1
        return $0 > 8
      }
    }
    #expect(summary.wasStopped)
    #expect(try host.lines(path).count == summary.accepted)
  }

  @Test func `the run is in the audit log, the load before it happened`() throws {
    try host.addFile("file")
    _ = try host.run(TestHost.events(3))
    let records = try host.workspace.audit.records(matching: AuditQuery())
    let own = records.drop { $0.type != .hostStarted }
    #expect(
      own.map { "\($0.type.rawValue) \($0.outcome.rawValue)" } == [
        "Host Started ok", "Destination Adapter Loaded intent", "Destination Adapter Loaded ok",
        "Host Stopped ok",
      ])
    #expect(Set(own.map(\.requestID)).count == 1)
  }

  @Test func `memory is used again: ten thousand events in small blocks`() throws {
    let counts = try host.addCounting("count")
    let input = Pipe()
    let writer = Thread {
      for start in stride(from: 0, to: 10_000, by: 100) {
        let lines = (start..<start + 100).map { TestHost.event($0) + "\n" }.joined()
        try? input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
      }
      try? input.fileHandleForWriting.close()
    }
    writer.start()
    let summary = try host.run(input.fileHandleForReading.fileDescriptor)
    #expect(summary.accepted == 10_000)
    #expect(try String(contentsOfFile: counts, encoding: .utf8).hasPrefix("10000 "))
  }
}
