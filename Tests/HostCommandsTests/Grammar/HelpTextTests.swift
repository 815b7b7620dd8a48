import Testing

@testable import HostCommands

struct HelpTextTests {
  static let table = HostCommands.table
  static let commands = table.commands.map(\.name)

  private func help(_ name: String, width: Int = 80) -> String {
    HelpText(table: Self.table, width: width).text(for: name.split(separator: " ").map(String.init))
  }

  @Test(arguments: commands)
  func `a command is explained whole`(name: String) throws {
    let command = try #require(Self.table.commands.first { $0.name == name })
    #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
    #expect(!command.examples.isEmpty)
    for option in command.options + Option.common {
      #expect(!option.help.isEmpty && !option.help.hasSuffix("."), "\(option.typed)")
      #expect(help(name).contains(option.typed), "\(option.typed)")
    }
    for operand in command.operands {
      #expect(!operand.help.isEmpty && !operand.help.hasSuffix("."), "\(operand.name)")
    }
  }

  @Test(arguments: commands)
  func `every example is one that the parser takes`(name: String) throws {
    let command = try #require(Self.table.commands.first { $0.name == name })
    for example in command.examples {
      let words = Self.words(of: example.line)
      #expect(words.first == "sealpost")
      let request = try ArgumentParser.parse(Array(words.dropFirst()), table: Self.table)
      guard case .run(let found, _) = request else {
        Issue.record("\(example.line) runs nothing")
        continue
      }
      #expect(found.path == command.path)
      #expect(!example.meaning.isEmpty)
    }
  }

  /// As a shell takes them, up to a pipe or a redirection.
  private static func words(of line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if "'\"".contains(character) {
        quote = character
        word = word ?? ""
      } else if "<|>".contains(character) {
        break
      } else if character != " " {
        word = (word ?? "") + String(character)
      } else if let done = word {
        words.append(done)
        word = nil
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  @Test(arguments: commands + ["", "encryption", "workspace"].filter { _ in !commands.isEmpty })
  func `help keeps within the width`(name: String) {
    for width in [60, 80, 200] {
      let usageOrExample = ["  sealpost ", "  # "]
      for line in help(name, width: width).split(separator: "\n") {
        if usageOrExample.contains(where: { line.hasPrefix($0) }) { continue }
        #expect(line.count <= max(min(width, 100), 60), "\(line)")
      }
    }
  }

  @Test func `no command's words begin another command`() {
    for command in Self.table.commands {
      #expect(Self.table.commands(under: command.path).count == 1, "\(command.name)")
    }
  }

  @Test func `a command is in the noun that its first word names`() {
    for noun in Self.table.nouns {
      #expect(noun.commands.allSatisfy { $0.path.first == noun.name })
      #expect(!noun.summary.hasSuffix("."))
    }
  }

  @Test func `the help of everything names every command`() {
    let text = help("")
    for command in Self.table.commands {
      #expect(text.contains("  \(command.name)  ") || text.contains("  \(command.name)\n"))
    }
  }

  @Test func `the help of a noun names its commands and no other`() {
    let text = HelpText(table: SampleTable.table, width: 80).text(for: ["letter", "stamp"])
    #expect(text.contains("letter stamp add"))
    #expect(!text.contains("letter list"))
  }

  @Test func `a command's help is laid out so`() {
    let text = HelpText(table: SampleTable.table, width: 70).text(for: ["letter", "add"])
    #expect(
      text == """
        Does letter add.

        Usage
          sealpost letter add ID [WORD …] --name N [options]

        Who may
          editor, owner

        Operands
          ID        Which one
          [WORD …]  Any words

        Options
          --name N                   The letter's name (required)
          --plan free|team|business  The plan
          --set K=V                  A setting (repeatable)
          --addon                    With the add-on

        Options of every command
          --workspace DIR  The workspace's directory (else SEALPOST_WORKSPACE,
                           else ./workspace)
          --token-file F   A token instead of a session (else
                           SEALPOST_TOKEN_FILE)
          --quiet          Print data and errors, nothing else
          --help           Print this help

        Example
          # do it
          sealpost letter add

        """)
  }
}
