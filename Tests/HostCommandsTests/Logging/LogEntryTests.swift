import AdapterLoading
import DestinationHost
import Foundation
import Testing

@testable import HostCommands

struct LogEntryTests {
  @Test func `an entry is one line of JSON with its time, level, name and fields`() {
    let entry = LogEntry(
      .warning, "queue_not_taking", of: "file", "the disk is \"full\"\n", ["bytes": 12])
    #expect(
      entry.json(at: "2026-11-25T19:02:10.123Z").line
        == #"{"time":"2026-11-25T19:02:10.123Z","level":"warning","event":"queue_not_taking","#
        + #""message":"file: the disk is \"full\"\n","destination":"file","bytes":12}"# + "\n")
  }

  @Test func `levels have an order`() {
    #expect(LogLevel.allCases == [.debug, .info, .warning, .error])
    #expect(LogLevel.allCases.sorted() == LogLevel.allCases)
  }

  @Test func `entries about different destinations are of different kinds`() {
    #expect(LogEntry(.info, "a", "x").kind == "a")
    #expect(LogEntry(.info, "a", of: "one", "x").kind == "a one")
  }

  @Test(arguments: [
    (HostReport.refused(destination: "file", reason: "no"), "error destination_refused"),
    (.quarantined("file"), "error destination_quarantined"),
    (.breaker("file", isOpen: true, why: "remote code 503"), "warning breaker_opened"),
    (.worker(destination: "file", .log(level: 2, text: "fine")), "debug adapter_log"),
    (.worker(destination: "file", .log(level: 4, text: "bad")), "warning adapter_log"),
    (.worker(destination: "file", .logDropped(lines: 3)), "warning adapter_log_dropped"),
    (.reconfigured, "info reconfigured"),
  ])
  func `what the host reports has a level and a stable name`(report: HostReport, name: String)
    throws
  {
    let entry = try #require(report.logEntry)
    #expect("\(entry.level.rawValue) \(entry.name)" == name)
    #expect(!entry.message.isEmpty)
  }

  @Test func `a repetition says what the destination answered`() {
    let report = HostReport.retrying(
      "file", events: 3, after: .milliseconds(250), why: "remote code 503: busy")
    #expect(
      report.logEntry?.message == "file: 3 events again in 0.2 s: remote code 503: busy"
        || report.logEntry?.message == "file: 3 events again in 0.3 s: remote code 503: busy")
    let open = HostReport.breaker("file", isOpen: true, why: "remote code 503").logEntry?.message
    #expect(open?.contains("remote code 503") == true)
  }

  @Test func `progress is no entry of its own`() {
    #expect(HostReport.progress(RunProgress()).logEntry == nil)
    #expect(HostReport.draining(waiting: 3).logEntry == nil)
  }

  @Test(arguments: [
    (0, "0 s"), (59, "59 s"), (185, "3 min 5 s"), (7800, "2 h 10 min"), (273_600, "3 d 4 h"),
  ])
  func `the time that is left is short to read`(seconds: Int, text: String) {
    #expect(Count.time(seconds) == text)
  }

  @Test func `the line of progress has events, rate, part and time left of a file`() {
    var progress = RunProgress()
    progress.accepted = 12_000
    progress.bytesRead = 25
    #expect(
      RunProgressLine(progress, inputSize: 100, seconds: 20).text
        == "12,000 events, 600 events/s, 25 %, 1 min 0 s left")
    #expect(
      RunProgressLine(progress, inputSize: nil, seconds: 20).text == "12,000 events, 600 events/s")
    #expect(
      RunProgressLine(RunProgress(), inputSize: 100, seconds: 0.001).text == "0 events, 0 events/s")
  }
}
