@testable import HostCommands

/// A table small enough to know by heart.
enum SampleTable {
  static let name = Option.value("name", "N", "The letter's name", isRequired: true)
  static let plan = Option.choice("plan", ["free", "team", "business"], "The plan")
  static let set = Option.repeated("set", "K=V", "A setting")
  static let addon = Option.flag("addon", "With the add-on")
  static let id = Operand("ID", "Which one")
  static let words = Operand("WORD", "Any words", isOptional: true, isRepeatable: true)

  static let table = CommandTable(nouns: [
    Noun(
      name: "letter", summary: "Letters",
      commands: [
        command(["letter", "add"], [id, words], [name, plan, set, addon]),
        command(["letter", "list"], [], [.json]),
        command(["letter", "stamp", "add"], [id], []),
        command(["letter", "stamp", "remove"], [id], []),
      ]),
    Noun(name: "send", summary: "Sending", commands: [command(["send"], [words], [])]),
  ])

  private static func command(
    _ path: [String], _ operands: [Operand], _ options: [Option]
  ) -> Command {
    Command(
      path: path, summary: "Does \(path.joined(separator: " "))",
      access: .editor, operands: operands,
      options: options, examples: [.init("sealpost " + path.joined(separator: " "), "do it")],
      run: { _ in .done })
  }

  /// The command and arguments that the line asks for; nil when it asks for something else.
  static func run(_ line: [String]) throws -> (Command, Arguments)? {
    guard case .run(let command, let arguments) = try ArgumentParser.parse(line, table: table)
    else { return nil }
    return (command, arguments)
  }

  /// The text and code that the line is refused with.
  static func refusal(_ line: [String]) -> (text: String, code: ExitCode)? {
    do {
      _ = try ArgumentParser.parse(line, table: table)
      return nil
    } catch {
      return (error.description, error.code)
    }
  }
}
