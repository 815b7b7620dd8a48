import Testing

@testable import HostCommands

struct ArgumentParserTests {
  @Test(arguments: [
    ["letter", "add", "--name", "Ana", "a"],
    ["letter", "add", "--name=Ana", "a"],
    ["letter", "add", "a", "--name", "Ana"],
    ["--quiet", "letter", "--workspace", "w", "add", "a", "--name=Ana"],
    ["letter", "add", "--name=Ana", "--", "a"],
  ])
  func `options may stand anywhere and take their value in two ways`(line: [String]) throws {
    let (command, arguments) = try #require(try SampleTable.run(line))
    #expect(command.path == ["letter", "add"])
    #expect(arguments[SampleTable.name] == "Ana")
    #expect(arguments[SampleTable.id] == "a")
  }

  @Test func `options of every command are read before the command's words`() throws {
    let line = ["--workspace=/w", "--quiet", "letter", "list"]
    let (_, arguments) = try #require(try SampleTable.run(line))
    #expect(arguments[.workspace] == "/w")
    #expect(arguments.has(.quiet))
  }

  @Test func `a repeatable option keeps every value in its order`() throws {
    let line = ["letter", "add", "a", "--name=n", "--set", "x=1", "--set=y=2", "--set", "x=3"]
    let (_, arguments) = try #require(try SampleTable.run(line))
    #expect(arguments.all(SampleTable.set) == ["x=1", "y=2", "x=3"])
  }

  @Test func `a value may be empty, one dash, or begin with dashes after the equals sign`() throws {
    for (typed, value) in [(["--name="], ""), (["--name", "-"], "-"), (["--name=--x"], "--x")] {
      let (_, arguments) = try #require(try SampleTable.run(["letter", "add", "a"] + typed))
      #expect(arguments[SampleTable.name] == value)
    }
  }

  @Test func `two dashes end the options`() throws {
    let (_, arguments) = try #require(try SampleTable.run(["send", "--", "--name", "--", "-x"]))
    #expect(arguments.all(SampleTable.words) == ["--name", "--", "-x"])
  }

  @Test func `one dash is a word`() throws {
    let (_, arguments) = try #require(try SampleTable.run(["send", "-"]))
    #expect(arguments.all(SampleTable.words) == ["-"])
  }

  @Test(arguments: [
    (["--help"], []), (["-h"], []), (["help"], []), (["letter", "--help"], ["letter"]),
    (["help", "letter", "add"], ["letter", "add"]), (["--help", "letter"], ["letter"]),
    (["letter", "add", "--bogus", "--help"], ["letter", "add"]),
    (["letter", "add", "-h"], ["letter", "add"]),
    (["letter", "stamp", "--help"], ["letter", "stamp"]),
  ])
  func `help is given wherever it is asked for`(line: [String], path: [String]) throws {
    guard case .help(let found) = try ArgumentParser.parse(line, table: SampleTable.table) else {
      Issue.record("no help for \(line)")
      return
    }
    #expect(found == path)
  }

  @Test func `help after two dashes is a word`() throws {
    #expect(try SampleTable.run(["send", "--", "--help"]) != nil)
  }

  @Test func `the version is asked for alone`() throws {
    guard case .version = try ArgumentParser.parse(["--version"], table: SampleTable.table) else {
      Issue.record("no version")
      return
    }
    #expect(SampleTable.refusal(["letter", "list", "--version"])?.code == .wrongUsage)
  }

  @Test(arguments: [
    (
      [],
      #"command "sealpost": it is not complete. Next is one of: letter, send. See: sealpost --help"#
    ),
    (
      ["letter"],
      #"command "letter": it is not complete. Next is one of: add, list, stamp. See: sealpost letter --help"#
    ),
    (
      ["lettre", "add"],
      #"command "lettre": there is no such command. Did you mean letter? See: sealpost --help"#
    ),
    (
      ["letter", "lits"],
      #"command "letter lits": there is no such command. Did you mean letter list? See: sealpost letter --help"#
    ),
    (
      ["list"],
      #"command "list": there is no such command. Did you mean letter list? See: sealpost --help"#
    ),
    (["zzzzzz"], #"command "zzzzzz": there is no such command. See: sealpost --help"#),
    (
      ["letter", "stamp", "ad"],
      #"command "letter stamp ad": there is no such command. Did you mean letter stamp add? See: sealpost letter stamp --help"#
    ),
    (
      ["letter", "add", "a", "--nmae", "x"],
      #"option "--nmae", letter add: there is no such option. Did you mean --name? See: sealpost letter add --help"#
    ),
    (
      ["letter", "list", "--colour=red"],
      #"option "--colour", letter list: there is no such option. See: sealpost letter list --help"#
    ),
    (["-x"], #"option "-x": there is no such option. See: sealpost --help"#),
    (
      ["letter", "add", "a", "--name"],
      #"option "--name", letter add: its value is missing. Write --name N, or --name=… for a value that begins with two dashes."#
    ),
    (
      ["letter", "add", "a", "--name", "--addon"],
      #"option "--name", letter add: its value is missing. Write --name N, or --name=… for a value that begins with two dashes."#
    ),
    (
      ["letter", "add", "a", "--name=n", "--addon=yes"],
      #"option "--addon", letter add: it takes no value. Write --addon alone."#
    ),
    (
      ["letter", "add", "a", "--name=n", "--name=m"],
      #"option "--name", letter add: it was given twice. Give it once."#
    ),
    (
      ["letter", "add", "a", "--name=n", "--plan=bussiness"],
      #"option "--plan", letter add: "bussiness" is not one of free, team, business. Did you mean business?"#
    ),
    (
      ["letter", "add", "--plan=free"],
      #"ID, --name, letter add: they are missing. Usage: sealpost letter add ID [WORD …] --name N [options]. See: sealpost letter add --help"#
    ),
    (
      ["letter", "stamp", "add"],
      #"ID, letter stamp add: it is missing. Usage: sealpost letter stamp add ID. See: sealpost letter stamp add --help"#
    ),
    (
      ["letter", "list", "all"],
      #"word "all", letter list: the command takes no such word. Usage: sealpost letter list [options]. See: sealpost letter list --help"#
    ),
  ])
  func `wrong usage is refused with exactly these words`(line: [String], text: String) throws {
    let refusal = try #require(SampleTable.refusal(line))
    #expect(refusal.text == text)
    #expect(refusal.code == .wrongUsage)
  }

  @Test(arguments: [
    ["letter", "add", "--secret=hunter2"], ["letter", "list", "password=hunter2"],
    ["letter", "add", "a", "--addon=hunter2"], ["--secret=hunter2"], ["secret=hunter2"],
    ["letter", "list", String(repeating: "hunter2", count: 40)],
  ])
  func `what may be a secret is not repeated`(line: [String]) throws {
    let refusal = try #require(SampleTable.refusal(line))
    #expect(!refusal.text.contains("hunter2hunter2hunter2"))
    #expect(!refusal.text.contains("=hunter2"))
  }

  @Test func `control characters typed in a word do not reach the terminal`() throws {
    let refusal = try #require(SampleTable.refusal(["\u{1B}[31mx"]))
    #expect(!refusal.text.contains("\u{1B}"))
  }
}
