import Cryptography
import Foundation
import Glibc
import HTTPListener
import HTTPWire
import Privacy
import Synchronization
import Testing
import Workspace

@testable import DestinationHost

private enum Curl {
  static let isThere = (try? run(["--version"])) != nil

  static func run(_ words: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["curl", "-s", "-m", "20"] + words
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus != 127 else { throw CocoaError(.executableLoad) }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Calls of the Tracking API into a running host, by curl.
@Suite(.enabled(if: Curl.isThere, "curl is not installed here"))
struct HTTPSourceTests {
  /// A host that runs on a thread of its own until it is stopped.
  private final class RunningHost: @unchecked Sendable {
    // Protection: `host` is used by one thread at a time, `over` says when the run's is done with it.
    let host: TestHost
    private let isStopping = Mutex(false)
    private let over = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<RunSummary, any Error>?>(nil)

    init(_ host: TestHost, change: @escaping @Sendable (inout HostRun) -> Void = { _ in }) {
      self.host = host
      Thread.detachNewThread { [self] in
        let summary = Result {
          try self.host.run(
            "", stop: { [self] in isStopping.withLock { $0 } },
            change: {
              $0.input = nil
              $0.listen = HTTPSourceSettings([ListenAddress("127.0.0.1:0")].compactMap(\.self))
              change(&$0)
            })
        }
        result.withLock { $0 = summary }
        over.signal()
      }
    }

    var url: String {
      for _ in 0..<2_000 {
        for case .listening(let addresses, _) in host.reports.all {
          return "http://\(addresses[0])"
        }
        usleep(10_000)
      }
      return ""
    }

    func stop() { isStopping.withLock { $0 = true } }

    func end() throws -> RunSummary? {
      stop()
      guard over.wait(timeout: .now() + 30) == .success else { return nil }
      return try result.withLock { $0 }?.get()
    }
  }

  /// The status, a space, the body.
  private func post(_ url: String, _ path: String, _ body: String, key: String) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(body.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Curl.run([
      "-u", "\(key):", "-w", "\n%{http_code}", "--data-binary", "@\(file.path)", url + path,
    ])
  }

  private func text(_ made: borrowing NewWriteKey) -> String {
    made.text.withBytes { bytes in
      unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }.trimmingCharacters(in: .newlines)
  }

  private func addSource(_ host: TestHost, _ id: String = "website") throws -> String {
    text(try host.workspace.addSource(id))
  }

  @Test func `a call is answered when its events are durable, and they are delivered`() throws {
    let host = try TestHost()
    let path = try host.addFile("archive")
    let key = try addSource(host)
    let running = RunningHost(host)
    let url = running.url
    #expect(
      try post(url, "/v1/track", TestHost.event(1), key: key) == "{\"success\":true}\n200")
    // More than a block holds.
    let many = (2..<1_200).map {
      TestHost.event($0, #","pad":"\#(String(repeating: "x", count: 200))""#)
    }
    let batch = #"{"batch":[\#(many.joined(separator: ","))]}"#
    #expect(batch.utf8.count > 256 << 10)
    #expect(try post(url, "/v1/batch", batch, key: key) == "{\"success\":true}\n200")
    let summary = try #require(try running.end())
    #expect(summary.accepted == 1_199 && summary.rejected == 0 && summary.wasStopped)
    let lines = try host.lines(path)
    #expect(lines.count == 1_199)
    #expect(
      lines.allSatisfy { $0.contains(#""receivedAt":"#) && $0.contains(#""ip":"127.0.0.1""#) })
    #expect(
      Set(lines.compactMap { $0.firstMatch(of: #/"messageId":"(m-\d+)"/#)?.1 }).count == 1_199)
  }

  @Test func `events that are none are told and kept, the others go on`() throws {
    let host = try TestHost()
    let path = try host.addFile("archive")
    let key = try addSource(host)
    let running = RunningHost(host)
    let url = running.url
    let long = TestHost.event(3, #","x":"\#(String(repeating: "y", count: 33_000))""#)
    let batch =
      #"{"batch":[\#(TestHost.event(1)),{"type":"track"},\#(long),\#(TestHost.event(2))]}"#
    let answer = try post(url, "/v1/batch", batch, key: key)
    #expect(answer.hasSuffix("\n200"))
    #expect(answer.contains(#""rejected":2,"rejections":[{"index":1,"code":"missing_user""#))
    #expect(answer.contains(#"{"index":2,"code":"too_long""#))
    let single = try post(url, "/v1/track", #"{"event":"A"}"#, key: key)
    #expect(single.contains(#""code":"missing_user""#) && single.hasSuffix("\n400"))
    #expect(try post(url, "/v1/track", long, key: key).hasSuffix("\n413"))
    let summary = try #require(try running.end())
    #expect(summary.accepted == 2 && summary.rejections == ["missing_user": 2, "too_long": 2])
    #expect(try host.lines(path).count == 2)
    var kept: [String] = []
    try host.workspace.rejected(from: DeadLetterBox.lines).forEach { kept.append($0.reason) }
    #expect(kept.sorted() == ["missing_user", "missing_user", "too_long", "too_long"])
  }

  @Test func `an event of 32 KB stays one when the source has written on it`() throws {
    let host = try TestHost()
    let path = try host.addFile("archive")
    let key = try addSource(host)
    let running = RunningHost(host)
    let base = TestHost.event(1, #","x":"""#).utf8.count
    let event = TestHost.event(
      1, #","x":"\#(String(repeating: "y", count: 32 << 10 - base))""#)
    #expect(event.utf8.count == 32 << 10)
    #expect(try post(running.url, "/v1/track", event, key: key).hasSuffix("\n200"))
    #expect(try running.end()?.accepted == 1)
    #expect(try host.lines(path).count == 1)
  }

  @Test
  func `keys are rotated and sources turned off while the host runs; controls hold by source`()
    throws
  {
    let host = try TestHost()
    let path = try host.addFile("archive")
    try host.workspace.control(source: "kiosk", by: Controls(yellow: .block))
    let key = try addSource(host)
    let kiosk = try addSource(host, "kiosk")
    let running = RunningHost(host)
    let url = running.url
    func status(_ number: Int, _ key: String) throws -> String {
      String(try post(url, "/v1/track", TestHost.event(number), key: key).suffix(3))
    }
    #expect(try status(1, key) == "200" && status(2, kiosk) == "200")
    #expect(try status(3, "0123") == "401")
    let second = text(try host.workspace.rotateWriteKey(of: "website", overlapHours: 1))
    #expect(try eventually { try status(4, second) == "200" })
    #expect(try status(5, key) == "200", "the old key goes on for an hour")
    let third = text(try host.workspace.rotateWriteKey(of: "website"))
    #expect(try eventually { try status(6, third) == "200" })
    #expect(try status(7, second) == "401" && status(7, key) == "401")
    try host.workspace.setSource("kiosk", enabled: false)
    #expect(try eventually { try status(8, kiosk) == "401" })
    try host.workspace.setSource("kiosk", enabled: true)
    #expect(try eventually { try status(9, kiosk) == "200" })
    _ = try running.end()
    let lines = try host.lines(path)
    let hasEmail = Dictionary(
      lines.compactMap { line in
        line.firstMatch(of: #/"messageId":"m-(\d+)"/#).map {
          (Int($0.1) ?? 0, line.contains("@example.com"))
        }
      }, uniquingKeysWith: { $0 && $1 })
    #expect(hasEmail[1] == true && hasEmail[2] == false && hasEmail[9] == false)
  }

  private func eventually(_ isSo: () throws -> Bool) throws -> Bool {
    for _ in 0..<100 {
      if try isSo() { return true }
      usleep(50_000)
    }
    return false
  }

  @Test func `a queue that is full turns senders away, and loses nothing of what it took`() throws {
    let host = try TestHost()
    try host.addMisbehaving("slow", ["behaviour": "retry-later"])
    try host.workspace.setDelivery(of: "slow") { $0.queueMegabytes = 1 }
    let key = try addSource(host)
    let running = RunningHost(host) { $0.stopDeadline = .seconds(1) }
    let url = running.url
    let padding = String(repeating: "x", count: 20_000)
    var accepted = 0
    var last = ""
    for round in 0..<40 {
      let events = (0..<10).map { TestHost.event(round * 10 + $0, #","x":"\#(padding)""#) }
      last = try post(
        url, "/v1/batch", #"{"batch":[\#(events.joined(separator: ","))]}"#, key: key)
      guard last.hasSuffix("\n200") else { break }
      accepted += 10
    }
    // curl gives up after its time when the host, which had begun with the call, still waits for the queue.
    #expect(last.hasSuffix("\n503") || last.hasSuffix("\n429") || last.hasSuffix("\n000"))
    let summary = try #require(try running.end())
    #expect(summary.accepted >= accepted && accepted > 0)
    let counts = try #require(summary.destinations.first).counts
    #expect(counts.delivered + counts.undelivered >= accepted)
  }

  @Test func `a port that is taken ends the run before anything starts`() throws {
    let host = try TestHost()
    try host.addFile("archive")
    let running = RunningHost(host)
    let address = String(running.url.dropFirst(7))
    let other = try TestHost()
    try other.addFile("archive")
    let error = #expect(throws: ListenerError.self) {
      try other.run(
        "",
        change: {
          $0.input = nil
          $0.listen = HTTPSourceSettings([ListenAddress(address)].compactMap(\.self))
        })
    }
    #expect(error?.description.contains("Address already in use") == true)
    #expect(other.reports.all.isEmpty)
    _ = try running.end()
  }
}
