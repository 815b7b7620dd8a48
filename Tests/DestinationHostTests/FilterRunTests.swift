import DestinationFilter
import DestinationHost
import Foundation
import Testing
import Workbench
import Workspace

@Suite(.enabled(if: Built.hasSealpost, "sealpost was not built beside the tests"))
struct FilterRunTests {
  @Test func `a destination gets what its filters leave, the others everything`() throws {
    let host = try TestHost()
    let crm = try host.addFile("crm")
    let all = try host.addFile("all")
    try host.set("odd", "properties.odd", .drop, of: "crm")
    try host.set("slim", "userId = 'u0'", .only(["properties.n"]), of: "crm")
    let lines = (0..<40).map { TestHost.event($0, #","odd":\#($0 % 2 == 1)"#) + "\n" }.joined()
    let summary = try host.run(lines)
    #expect(try host.lines(all).count == 40)
    let sent = try host.lines(crm)
    #expect(sent.count == 20)
    #expect(sent.allSatisfy { $0.contains(#""odd":false"#) != $0.contains(#""userId":"u0""#) })
    #expect(
      sent.contains { $0.hasSuffix(#""userId":"u0","messageId":"m-14","properties":{"n":14}}"#) })
    let counts = try summary.counts(of: "crm")
    #expect(counts.heldBack.filtered == 20 && counts.delivered == 20)
    #expect(summary.undelivered == 0)
  }

  @Test func `what filters take out is not encrypted, and the rest is, in its place`() throws {
    let host = try TestHost()
    let crm = try host.addFile("crm", fields: ["email"])
    try host.set("no-mail", "userId = 'u1'", .remove(["properties.email"]), of: "crm")
    try host.set("no-price", "true", .remove(["properties.price"]), of: "crm")
    let summary = try host.run(TestHost.events(14))
    #expect(summary.values.encrypted == 12)
    let sent = try host.lines(crm)
    #expect(sent.allSatisfy { !$0.contains("@example.com") && !$0.contains("price") })
    #expect(sent.count { $0.contains(#""properties":{"n":"#) } == 2)
  }

  @Test func `the sender's integrations are honoured and counted`() throws {
    let host = try TestHost()
    let one = try host.addFile("one")
    let two = try host.addFile("two")
    let event = { (number: Int, more: String) in
      String(TestHost.event(number).dropLast()) + #","integrations":\#(more)}"# + "\n"
    }
    let summary = try host.run(
      event(0, #"{"All":false,"one":true}"#) + event(1, #"{"two":false}"#)
        + event(2, #"{"All":false}"#) + event(3, "{}"))
    #expect(try host.lines(one).count == 3)
    #expect(try host.lines(two).count == 1)
    #expect(summary.destinations.map(\.counts.heldBack.notWanted) == [1, 3])
  }

  @Test func `a sample is the same at every run`() throws {
    let host = try TestHost()
    try host.addFile("crm")
    try host.set("tenth", "type = 'track'", .sample(percent: 10, by: .event), of: "crm")
    let first = try host.run(TestHost.events(500))
    let sent = try host.lines(host.folder + "/crm.ndjson")
    #expect((20...90).contains(sent.count))
    #expect(first.destinations[0].counts.heldBack.sampledOut == 500 - sent.count)
  }

  @Test func `a filter that turned bad sends nothing and loses nothing`() throws {
    let host = try TestHost()
    let crm = try host.addFile("crm")
    try host.set("drop", "event = 'x'", .drop, of: "crm")
    let document = host.folder + "/workspace/destinations/crm.json"
    let text = try String(contentsOfFile: document, encoding: .utf8)
    try text.replacingOccurrences(of: "event = 'x'", with: "event = ").write(
      toFile: document, atomically: false, encoding: .utf8)
    try host.workspace.reconcile("destination/crm")
    let summary = try host.run(TestHost.events(3))
    #expect(summary.undelivered == 3)
    #expect(!FileManager.default.fileExists(atPath: crm))
    #expect(
      try host.deadLetters("crm").map(\.reason) == Array(repeating: "filter_invalid", count: 3))
    let refusals = host.reports.all.compactMap { report in
      if case .refused(_, let reason) = report { reason } else { nil }
    }
    #expect(refusals.first?.contains("column 9") == true)
  }
}

extension TestHost {
  func set(_ name: String, _ statement: String, _ action: FilterAction, of id: String) throws {
    try workspace.setFilter(
      EventFilter(name: name, condition: statement, action: action), of: id)
  }
}
