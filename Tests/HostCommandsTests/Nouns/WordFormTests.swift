import Testing
import Workspace

@testable import HostCommands

struct WordFormTests {
  @Test(arguments: [
    ("true", SettingWords.Value.bool(true)), ("false", .bool(false)), ("null", .null),
    ("0", .integer(0)), ("-12", .integer(-12)), ("1048576", .integer(1_048_576)),
    ("1.5", .number(1.5)), ("-2e3", .number(-2000)), ("", .string("")), ("007", .string("007")),
    ("+1", .string("+1")), ("1.", .string("1.")), ("True", .string("True")),
    ("99999999999999999999", .string("99999999999999999999")), ("1e999", .string("1e999")),
    ("\"true\"", .string("true")), ("\"a\\nb\"", .string("a\nb")), ("\"open", .string("\"open")),
    ("/var/out.ndjson", .string("/var/out.ndjson")), ("{\"a\":1}", .string("{\"a\":1}")),
    ("a=b", .string("a=b")), ("NaN", .string("NaN")),
  ])
  func `a value is a JSON scalar or else text`(text: String, value: SettingWords.Value) {
    #expect(SettingWords.value(text) == value)
  }

  @Test func `a setting is split at its first equals sign`() throws {
    let (key, value) = try SettingWords.pair("query=a=b", of: "x")
    #expect(key == "query")
    #expect(value == .string("a=b"))
  }

  @Test(arguments: ["hunter2", "=hunter2", ""])
  func `a word that is no setting is refused and not repeated`(word: String) {
    let error = #expect(throws: CommandError.self) { try SettingWords.pair(word, of: "x") }
    #expect(
      error?.description == "setting, x: a word is not of the form key=value. "
        + "Write key=value; quote it when it holds spaces.")
  }

  @Test func `a secret is taken from a file only, and one that was typed is not repeated`() throws {
    #expect(try SettingWords.secret("token=@/s/token", of: "x") == ("token", "/s/token"))
    for word in ["token=hunter2", "token=@", "token="] {
      let error = #expect(throws: CommandError.self) { try SettingWords.secret(word, of: "x") }
      #expect(error?.code == .wrongUsage)
      #expect(error?.description.contains("hunter2") == false)
      #expect(
        error?.description
          == "secret \"token\", x: a secret is taken from a file only, never from the command line. "
          + "Write it to a file of mode 0600 and give token=@FILE; "
          + "what was typed may be in the shell's history.")
    }
  }

  @Test(arguments: [
    ("2026-11-23", true), ("2024-02-29", true), ("2026-02-29", false), ("2000-02-29", true),
    ("1900-02-29", false), ("2026-13-01", false), ("2026-00-01", false), ("2026-01-00", false),
    ("2026-1-1", false), ("", false), ("today", false), ("2026-01-01T00:00:00Z", false),
    ("-026-01-01", false), ("٢٠٢٦-01-01", false),
  ])
  func `a date is a day that exists`(text: String, isDate: Bool) {
    #expect(Calendar.isDate(text) == isDate)
  }

  @Test(arguments: [
    ("90s", "2026-01-01T11:58:30Z"), ("30m", "2026-01-01T11:30:00Z"),
    ("12h", "2026-01-01T00:00:00Z"), ("7d", "2025-12-25T12:00:00Z"),
    ("2026-11-23", "2026-11-23T00:00:00Z"), ("2026-11-23T22:44:24Z", "2026-11-23T22:44:24Z"),
    ("2026-11-23T22:44:24.123456Z", "2026-11-23T22:44:24.123456Z"),
    ("100000000d", "1970-01-01T00:00:00Z"), ("999999999999999999999d", nil), ("d", nil),
    ("-1d", nil), ("2026-11-23T24:00:00Z", nil), ("2026-02-30T10:00:00Z", nil), ("", nil),
  ])
  func `a start is a span before now, a date or a time`(text: String, start: String?) {
    // 2026-01-01T12:00:00Z
    #expect(Calendar.start(text, now: 1_767_268_800) == start)
  }
}
