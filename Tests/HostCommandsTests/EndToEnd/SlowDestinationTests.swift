import Foundation
import Testing
import Workbench

/// A destination that takes much less than comes: the rest waits on the disk, not in memory.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost is not built"))
struct SlowDestinationTests {
  private static let isNightly = ProcessInfo.processInfo.environment["SEALPOST_NIGHTLY"] != nil

  /// Delivers so many events at this rate; the host's largest resident size in kilobytes.
  private func peak(_ count: Int, rate: Int) throws -> Int {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "set", "file", "--rate-limit", "\(rate)")
    try clinic.done("destination", "enable", "file")
    let path = clinic.folder.file("events.ndjson")
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let file = try #require(FileHandle(forWritingAtPath: path))
    for start in stride(from: 0, to: count, by: 10_000) {
      let lines = (start..<start + 10_000).map {
        #"{"type":"page","userId":"u\#($0 % 1000)","messageId":"m\#($0)","context":{"n":\#($0)}}"#
          + "\n"
      }
      try file.write(contentsOf: Data(lines.joined().utf8))
    }
    let process = try LiveSealpost(
      clinic, ["run", "--input", "events.ndjson", "--quiet", "--threads", "2"])
    var peak = 0
    while process.isRunning {
      peak = max(peak, Self.largestResident(of: process.pid))
      usleep(20_000)
    }
    #expect(process.wait() == 0)
    let output = try Data(contentsOf: URL(fileURLWithPath: clinic.folder.file("out.ndjson")))
    #expect(output.count { $0 == 0x0A } == count)
    return peak
  }

  private static func largestResident(of pid: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }

  @Test func `many more events need no more memory`() throws {
    // The smaller input is long enough to fill every block of the run once, a dozen of a mebibyte; the nightly one, to
    // fill the memory that takes the place of what the queue keeps, too.
    let (small, large) = Self.isNightly ? (500_000, 2_000_000) : (250_000, 500_000)
    let few = try peak(small, rate: 50_000)
    let many = try peak(large, rate: 50_000)
    #expect(few > 1_000)
    // A messageId is remembered for a day in 24 bytes; how many are has a bound of its own.
    let identifiers = (large - small) * 24 / 1024
    #expect(Double(many - identifiers) < Double(few) * 1.25, "\(few) KB, then \(many) KB")
  }
}
