import Foundation
import Testing

@Suite struct ConsoleTests {
  private let driver: Driver

  init() throws {
    driver = try Driver("ConsoleDestination")
  }

  @Test(arguments: ["{}", "{\"stream\":\"stdout\"}"])
  func `lines go to standard output`(settings: String) throws {
    let run = try driver.run(settings, "{\"a\":1}\n{\"a\":2}\n\n\n{\"a\":3}\n\n")
    #expect(run.code == 0)
    #expect(run.outcomes == [1, 1, 1])
    #expect(run.output == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n")
    #expect(run.errors.isEmpty)
  }

  @Test func `lines go to standard error`() throws {
    let run = try driver.run("{\"stream\":\"stderr\"}", "{\"a\":1}\n\n")
    #expect(run.outcomes == [1])
    #expect(run.errors == "{\"a\":1}\n")
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    (
      "{\"stream\":\"stdin\"}",
      "configure 2 settings: \"stream\" must be one of stdout, stderr. Mend them."
    ),
    (
      "{\"stream\":2}",
      "configure 2 settings: \"stream\" must be a text. Mend them."
    ),
  ])
  func `another stream is refused`(settings: String, problem: String) throws {
    #expect(try driver.run(settings, "").report.last == problem)
  }

  @Test func `a reader that is gone makes the events wait`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let run = try driver.run("{}", "{\"a\":1}\n\n", output: pipe.fileHandleForWriting)
    #expect(run.code == 0)
    #expect(run.lines("result") == ["2 32 0 1"])
    #expect(run.lines("detail") == ["0 write: Broken pipe"])
  }

  @Test func `what a slow reader did not take by the deadline is retried`() throws {
    let event = "{\"a\":\"" + String(repeating: "x", count: 990) + "\"}"
    let pipe = Pipe()
    let script = "!deadline 300\n" + String(repeating: event + "\n", count: 200) + "\n"
    let run = try driver.run("{}", script, output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let taken = try pipe.fileHandleForReading.readToEnd() ?? Data()
    let whole = taken.count(where: { $0 == UInt8(ascii: "\n") })
    #expect(whole > 0 && whole < 200)
    #expect(
      run.outcomes == Array(repeating: 1, count: whole) + Array(repeating: 2, count: 200 - whole))
  }

  @Test func `after a torn line the next one starts afresh`() throws {
    let run = try driver.run(
      "{}", "!filesize 12\n{\"a\":1}\n{\"a\":2}\n\n!filesize 1000\n{\"a\":2}\n\n")
    #expect(run.outcomes == [1, 2, 1])
    #expect(run.output == "{\"a\":1}\n{\"a\"\n{\"a\":2}\n")
  }
}
