import Foundation
import Testing
import Workbench

@testable import HostCommands

@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct FilterCommandTests {
  @Test func `a filter is set, shown, tried, used and removed`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done(
      "destination", "filter", "set", "file", "no-odd", "--if", "match(userId, '*[13579]')",
      "--action", "drop")
    try clinic.done(
      "destination", "filter", "set", "file", "slim", "--if", "type = 'identify'", "--action",
      "remove", "--properties", "traits.email,traits.phone")
    let shown = try #require(
      try clinic.sealpost.json("destination", "filter", "show", "file") as? [[String: Any]])
    #expect(shown.map { $0["name"] as? String } == ["no-odd", "slim"])
    #expect(shown[1]["properties"] as? [String] == ["traits.email", "traits.phone"])
    try clinic.done("destination", "enable", "file")
    try clinic.folder.write("events.ndjson", Clinic.events)
    let run = try clinic.done("run", "--input", "events.ndjson", "--json")
    #expect(run.output.contains(#""filtered": 15"#))
    let sent = try clinic.folder.text("out.ndjson")
    #expect(sent.split(separator: "\n").count == 15 && !sent.contains("canary"))
    try clinic.done("destination", "filter", "remove", "file", "slim")
    #expect(try clinic.sealpost("destination", "filter", "remove", "file", "slim").code == 78)
    #expect(try clinic.done("audit", "log").output.contains("Destination Filter Modified"))
  }

  @Test func `test says which filters match and what would be sent`() throws {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done(
      "destination", "filter", "set", "file", "slim", "--if", "userId = 'u'", "--action", "only",
      "--properties", "properties.a")
    try clinic.folder.write(
      "e.json", #"{"type":"page","userId":"u","messageId":"m","properties":{"a":1,"b":2}}"# + "\n")
    let test = try #require(
      try clinic.sealpost.json("destination", "filter", "test", "file", "--event", "e.json")
        as? [String: Any])
    #expect(test["matched"] as? [String] == ["slim"])
    #expect((test["event"] as? [String: Any])?["properties"] as? [String: Int] == ["a": 1])
    try clinic.done(
      "destination", "filter", "set", "file", "none", "--if", "true", "--action", "drop",
      "--position", "1")
    let dropped = try clinic.sealpost("destination", "filter", "test", "file", "--event", "e.json")
    #expect(dropped.code == 1 && dropped.output.isEmpty)
    #expect(dropped.errors == "matched: none; dropped\n")
    try clinic.folder.write("bad.json", "{}")
    #expect(
      try clinic.sealpost("destination", "filter", "test", "file", "--event", "bad.json").code == 65
    )
  }

  @Test(arguments: [
    (["--if", "event = ", "--action", "drop"], 78, "column 9"),
    (["--if", "true", "--action", "sample"], 2, "it is missing"),
    (
      ["--if", "true", "--action", "sample", "--percent", "200"], 2, "it is no number from 0 to 100"
    ),
    (["--if", "true", "--action", "drop", "--percent", "2"], 2, "it does not go with drop"),
    (["--if", "true", "--action", "only"], 78, "it names no property"),
    (["--if", "true", "--action", "delete"], 2, "is not one of drop, sample, only, remove"),
  ])
  func `what is wrong is told, and nothing changes`(
    words: [String], code: Int32, text: String
  ) throws {
    let clinic = try Clinic()
    try clinic.addFile()
    let outcome = try clinic.sealpost(["destination", "filter", "set", "file", "f"] + words)
    #expect(outcome.code == code && outcome.errors.contains(text), "\(outcome.errors)")
    #expect(
      (try clinic.sealpost.json("destination", "filter", "show", "file") as? [Any])?.isEmpty == true
    )
  }
}
