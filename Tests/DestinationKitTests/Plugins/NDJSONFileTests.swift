import Foundation
import Glibc
import Testing
import Workbench

@Suite struct NDJSONFileTests {
  private let driver: Driver

  init() throws {
    driver = try Driver("NDJSONFileDestination")
  }

  private var folder: Scratch { driver.folder }

  @Test(arguments: ["", ",\"fsync\":false", ",\"rotate_bytes\":0"])
  func `events are lines, batch after batch`(more: String) throws {
    let run = try driver.run(
      "{\"path\":\"out\"\(more)}", "{\"a\":1}\n{\"a\":\"ü\"}\n\n{\"a\":3}\n\n!flush\n")
    #expect(run.code == 0)
    #expect(run.outcomes == [1, 1, 1])
    #expect(run.lines("flush") == ["0"])
    #expect(try folder.text("out") == "{\"a\":1}\n{\"a\":\"ü\"}\n{\"a\":3}\n")
  }

  @Test func `a new file is for its owner alone`() throws {
    _ = try driver.run("{\"path\":\"out\"}", "")
    #expect(try mode(of: folder.file("out")) == 0o600)
    #expect(try folder.text("out").isEmpty)
  }

  @Test func `an absolute path, an empty batch, a restart`() throws {
    let run = try driver.run(
      "{\"path\":\"\(folder.file("out"))\"}", "\n{\"a\":1}\n\n!restart\n{\"a\":2}\n\n")
    #expect(run.outcomes == [1, 1])
    #expect(try folder.text("out") == "{\"a\":1}\n{\"a\":2}\n")
  }

  @Test func `what is there is kept`() throws {
    try folder.write("out", "{\"old\":1}\n")
    _ = try driver.run("{\"path\":\"out\"}", "{\"a\":1}\n\n")
    #expect(try folder.text("out") == "{\"old\":1}\n{\"a\":1}\n")
  }

  @Test func `a line that a crash left torn is ended first`() throws {
    try folder.write("out", "{\"old\":1}\n{\"tor")
    let run = try driver.run("{\"path\":\"out\"}", "{\"a\":1}\n\n{\"a\":2}\n\n")
    #expect(run.outcomes == [1, 1])
    #expect(try folder.text("out") == "{\"old\":1}\n{\"tor\n{\"a\":1}\n{\"a\":2}\n")
  }
}

// MARK: - A disk that is full

extension NDJSONFileTests {
  /// At 20 bytes the second batch is cut in its middle, at 16 it is refused whole.
  @Test(arguments: [(20, 28), (16, 27), (17, 28)])
  func `a batch that does not fit is taken back and comes again`(limit: Int, code: Int) throws {
    let run = try driver.run(
      "{\"path\":\"out\"}",
      """
      {"a":1}
      {"a":2}

      !filesize \(limit)
      {"a":3}
      {"a":4}

      !filesize 1000
      {"a":3}
      {"a":4}


      """)
    #expect(run.outcomes == [1, 1, 2, 2, 1, 1])
    #expect(run.lines("result")[2] == "2 \(code) 0 1")
    #expect(run.lines("detail").allSatisfy { $0.contains(" write: ") })
    #expect(try folder.text("out") == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n")
  }

  @Test func `what does not fit leaves the file as it was`() throws {
    _ = try driver.run("{\"path\":\"out\"}", "{\"a\":1}\n\n!filesize 12\n{\"a\":2}\n\n")
    #expect(try folder.text("out") == "{\"a\":1}\n")
  }
}

// MARK: - Rotation

extension NDJSONFileTests {
  @Test func `a full file gets the next number`() throws {
    let run = try driver.run(
      "{\"path\":\"out\",\"rotate_bytes\":16}",
      "{\"a\":1}\n\n{\"a\":2}\n\n{\"a\":3}\n\n{\"a\":4}\n\n{\"a\":5}\n\n")
    #expect(run.outcomes == [1, 1, 1, 1, 1])
    #expect(try folder.names(of: "out") == ["out", "out.1", "out.2", "output"])
    #expect(try folder.text("out.1") == "{\"a\":1}\n{\"a\":2}\n")
    #expect(try folder.text("out.2") == "{\"a\":3}\n{\"a\":4}\n")
    #expect(try folder.text("out") == "{\"a\":5}\n")
  }

  @Test func `a batch larger than the limit has a file of its own`() throws {
    _ = try driver.run(
      "{\"path\":\"out\",\"rotate_bytes\":10}", "{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}\n\n")
    #expect(try folder.text("out.1") == "{\"a\":1}\n{\"a\":2}\n")
    #expect(try folder.text("out") == "{\"a\":3}\n")
  }

  @Test func `numbers only grow, and no file is written over`() throws {
    for (name, text) in [
      ("out", "full\n"), ("out.2", "two"), ("out.9", "nine"), ("out.x", "x"), ("out.10.gz", "gz"),
      ("out.", "dot"),
    ] {
      try folder.write(name, text)
    }
    let run = try driver.run("{\"path\":\"out\",\"rotate_bytes\":8}", "{\"a\":1}\n\n")
    #expect(run.outcomes == [1])
    #expect(try folder.text("out.10") == "full\n")
    #expect(try folder.text("out.9") == "nine")
    #expect(try folder.text("out.2") == "two")
    #expect(try folder.text("out") == "{\"a\":1}\n")
  }

  @Test func `there is a limit to numbers, and the events wait`() throws {
    try folder.write("out", "full\n")
    try folder.write("out.18446744073709551615", "last")
    let run = try driver.run("{\"path\":\"out\",\"rotate_bytes\":1}", "{\"a\":1}\n\n")
    #expect(run.outcomes == [2])
    #expect(try folder.text("out") == "full\n")
  }
}

// MARK: - What is refused

extension NDJSONFileTests {
  @Test(arguments: [
    ("{}", "configure 2 settings: \"path\" is missing. Mend them."),
    (
      "{\"path\":\"\"}",
      "configure 2 settings, about \"path\": it does not name a file. Write the path of a file."
    ),
    (
      "{\"path\":\"a/\"}",
      "configure 2 settings, about \"path\": it does not name a file. Write the path of a file."
    ),
    (
      "{\"path\":\"a\\u0000b\"}",
      "configure 2 settings, about \"path\": it does not name a file. Write the path of a file."
    ),
    (
      "{\"path\":\"-\"}",
      "configure 2 settings, about \"path\": it means standard output. Use org.sealpost.console for that."
    ),
    (
      "{\"path\":\"a\",\"rotate_bytes\":-1}",
      "configure 2 settings: \"rotate_bytes\" must be at least 0. Mend them."
    ),
    (
      "{\"path\":\"a\",\"rotate_bytes\":\"10 MB\"}",
      "configure 2 settings: \"rotate_bytes\" must be a whole number. Mend them."
    ),
    (
      "{\"path\":\"a\",\"fsync\":1}",
      "configure 2 settings: \"fsync\" must be true or false. Mend them."
    ),
    (
      "{\"path\":\"not-there/a\"}",
      "start 2 settings, about \"path\": its folder is not there. Make the folder."
    ),
    (
      "{\"path\":\"/tmp\"}",
      "start 2 settings, about \"path\": open: Is a directory. Name a file that this user may write."
    ),
    (
      "{\"path\":\"/dev/full\"}",
      "start 2 settings, about \"path\": open: No such device. Name a file that this user may write."
    ),
  ])
  func `settings that cannot work are refused with the reason`(
    settings: String, problem: String
  ) throws {
    let run = try driver.run(settings, "{}\n\n")
    #expect(run.report.last == problem)
    #expect(run.outcomes.isEmpty)
  }

  @Test func `a pipe in the place of the file is refused at once`() throws {
    #expect(unsafe mkfifo(folder.file("pipe"), 0o600) == 0)
    let run = try driver.run("{\"path\":\"pipe\"}", "")
    #expect(run.report.last?.hasPrefix("start 2 settings, about \"path\": open: ") == true)
  }

  @Test func `a second writer is refused while the first is there`() throws {
    try folder.write("out", "")
    let first = unsafe open(folder.file("out"), O_RDWR)
    defer { close(first) }
    #expect(flock(first, LOCK_EX) == 0)
    let run = try driver.run("{\"path\":\"out\"}", "")
    #expect(
      run.report.last
        == "start 3 start, about \"path\": another process writes this file. Give each its own.")
    #expect(flock(first, LOCK_UN) == 0)
    #expect(try driver.run("{\"path\":\"out\"}", "").report.last == "start 0")
  }
}
