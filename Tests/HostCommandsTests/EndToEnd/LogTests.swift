import Foundation
import Testing

/// What `run` writes to standard error where no terminal is.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct LogTests {
  private func clinic(_ variables: [String: String] = ["SEALPOST_LOG_FORMAT": ""]) throws
    -> Sealpost
  {
    let clinic = try Clinic()
    try clinic.addFile()
    try clinic.done("destination", "enable", "file")
    var sealpost = clinic.sealpost
    sealpost.environment = variables
    return sealpost
  }

  private func entries(_ outcome: Sealpost.Outcome) throws -> [[String: Any]] {
    try outcome.errors.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }

  private static let rejected = (0..<50).map { #"{"canary-key-\#($0)":"canary"}"# + "\n" }.joined()

  @Test func `every line is one JSON object with time, level, event and message`() throws {
    let outcome = try clinic()("run", input: Clinic.events)
    let entries = try entries(outcome)
    for entry in entries {
      let time = try #require(entry["time"] as? String)
      #expect(time.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
      #expect(["info", "warning"].contains(entry["level"] as? String))
      #expect(entry["message"] as? String != nil)
    }
    let names = entries.compactMap { $0["event"] as? String }
    #expect(names.count == entries.count)
    #expect(names.first == "destination_started" && names.last == "run_finished")
    #expect(entries.last?["accepted"] as? Int == 30)
  }

  @Test func `a flood of rejected lines is told in part, counted, and never shows a value`() throws
  {
    let outcome = try clinic()("run", input: Self.rejected + Clinic.events)
    #expect(outcome.code == 65)
    #expect(!outcome.errors.contains("canary"))
    let entries = try entries(outcome)
    #expect(entries.count { $0["event"] as? String == "line_rejected" } == 20)
    let suppressed = entries.first { $0["event"] as? String == "log_suppressed" }
    #expect(suppressed?["suppressed"] as? Int == 30)
    #expect(suppressed?["kind"] as? String == "line_rejected")
  }

  @Test func `the level is what was asked for; quiet means warnings`() throws {
    let sealpost = try clinic()
    let input = "[]\n" + Clinic.events
    #expect(try entries(sealpost("run", "--log-level", "error", input: input)).isEmpty)
    for words in [["--log-level", "warning"], ["--quiet"]] {
      let found = try entries(sealpost(["run"] + words, input: input))
      #expect(found.compactMap { $0["event"] as? String } == ["line_rejected"])
    }
    let both = try sealpost("run", "--quiet", "--log-level", "info", input: input)
    #expect(try entries(both).last?["event"] as? String == "run_finished")
  }

  @Test func `the form is what was asked for, by option or variable`() throws {
    let sealpost = try clinic(["SEALPOST_LOG_FORMAT": "text", "SEALPOST_LOG_LEVEL": "warning"])
    let text = try sealpost("run", input: "[]\n")
    #expect(text.errors.hasPrefix("warning: line 1 rejected: "))
    let option = try sealpost("run", "--log-format", "json", input: "[]\n")
    #expect(try entries(option).count == 1)
  }

  @Test func `a variable with a wrong word is refused with the words there are`() throws {
    let outcome = try clinic(["SEALPOST_LOG_LEVEL": "loud"])("run", input: "")
    #expect(outcome.code == 2)
    #expect(
      outcome.errors == "error: variable SEALPOST_LOG_LEVEL, run: \"loud\" is none of debug, info, "
        + "warning, error. Set one of them, or leave it out.\n")
  }

  @Test func `a run that fails says so in its log`() throws {
    let sealpost = try clinic()
    _ = try sealpost("destination", "disable", "file")
    let outcome = try sealpost("run", input: Clinic.events)
    let entry = try #require(try entries(outcome).last)
    #expect(outcome.code != 0)
    #expect(entry["event"] as? String == "run_failed" && entry["level"] as? String == "error")
    #expect(entry["exit_code"] as? Int == Int(outcome.code))
  }
}
