import DestinationHost
import Foundation
import Testing
import Workbench

@Suite(.enabled(if: Built.hasSealpost, "sealpost was not built beside the tests"))
struct DuplicateRunTests {
  @Test func `a messageId that comes again is dropped and counted, in one run and in the next`()
    throws
  {
    let host = try TestHost()
    let path = try host.addFile("file", fields: ["email"])
    let other = try host.addFile("other")
    let events = TestHost.events(400)
    let first = try run(host, events + TestHost.events(100) + TestHost.event(1000))
    #expect(first.accepted == 401 && first.duplicates == 100 && first.read == 501)
    let second = try run(host, TestHost.events(500))
    #expect(second.accepted == 100 && second.duplicates == 400)
    for file in [path, other] {
      let ids = try host.lines(file).compactMap { $0.firstMatch(of: #/"messageId":"([^"]*)"/#)?.1 }
      #expect(ids.count == 501 && Set(ids).count == 501)
    }
  }

  @Test func `the first of equal ids stays, also where blocks are sealed by many threads`() throws {
    let host = try TestHost()
    let path = try host.addFile("file")
    let lines = (0..<6000).map { number in
      #"{"type":"page","userId":"u","messageId":"m\#(number % 1500)","properties":{"n":\#(number)}}"#
        + "\n"
    }.joined()
    let summary = try run(host, lines, threads: 4)
    #expect(summary.duplicates == 4500)
    let numbers = try host.lines(path).compactMap { $0.firstMatch(of: #/"n":(\d+)/#)?.1 }
    #expect(numbers.compactMap { Int($0) } == Array(0..<1500))
  }

  @Test func `an event without an id is never a duplicate, an escaped id is the same id`() throws {
    let host = try TestHost()
    let path = try host.addFile("file")
    let event = { (id: String) in #"{"type":"page","userId":"u"\#(id)}"# + "\n" }
    let summary = try run(
      host,
      event("") + event("") + event(#","messageId":"a""#) + event(#","messageId":"\u0061""#)
        + event(#","messageId":"""#) + event(#","messageId":"""#))
    #expect(summary.duplicates == 1)
    #expect(try host.lines(path).count == 5)
  }

  @Test func `no id can be read from what is remembered`() throws {
    let host = try TestHost()
    try host.addFile("file")
    _ = try run(host, TestHost.event(77) + "\n")
    let folder = host.folder + "/workspace/seen-messages"
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count == 1)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + files[0]))
    #expect(data.count == 16 && data.range(of: Data("m-77".utf8)) == nil)
    #expect(try mode(of: folder + "/" + files[0]) == 0o600)
  }

  @Test func `a run from the start asks for everything again`() throws {
    let host = try TestHost()
    let path = try host.addFile("file")
    _ = try run(host, TestHost.events(10))
    let again = try host.run(
      TestHost.events(10),
      change: {
        $0.dropsDuplicates = true
        $0.fromStart = true
      })
    #expect(again.accepted == 10 && again.duplicates == 0)
    #expect(try host.lines(path).count == 20)
  }

  private func run(_ host: TestHost, _ lines: String, threads: Int = 2) throws -> RunSummary {
    try host.run(lines, threads: threads, change: { $0.dropsDuplicates = true })
  }
}
