/// What the command line asks for.
enum Request: Sendable {
  case help(path: [String])
  /// The manual page of everything.
  case manual
  case version
  case run(Command, Arguments)
}

/// Reads the command line by the table: `--opt value` and `--opt=value`, `--` ends the options.
///
/// Options of every command may stand before, between and after the command's words.
struct ArgumentParser {
  private let table: CommandTable
  private let words: [String]
  private var next = 0
  private var path: [String] = []
  private var command: Command?
  private var arguments = Arguments()
  private var wantsHelp = false
  private var optionsEnded = false

  /// Parses the words after the program's name; throws a ``CommandError`` of wrong usage.
  static func parse(_ words: [String], table: CommandTable) throws(CommandError) -> Request {
    var parser = ArgumentParser(table: table, words: words)
    return try parser.parse()
  }

  private init(table: CommandTable, words: [String]) {
    self.table = table
    self.words = words
  }

  private mutating func parse() throws(CommandError) -> Request {
    if words.first == Option.version.typed, words.count == 1 { return .version }
    if words == ["help", "--man"] { return .manual }
    if words.first == "help" { return try help(for: Array(words.dropFirst())) }
    while command == nil, let word = take() { try readBeforeCommand(word) }
    if helpIsAsked || wantsHelp { return .help(path: path) }
    guard let command else { throw UsageErrors(table: table).incomplete(path) }
    let extra = try readWords(of: command)
    try place(extra, in: command)
    try UsageErrors(table: table).checkRequired(of: command, arguments)
    return .run(command, arguments)
  }

  private func help(for path: [String]) throws(CommandError) -> Request {
    for count in path.indices where table.commands(under: Array(path[...count])).isEmpty {
      throw UsageErrors(table: table).unknownCommand(path[count], after: Array(path[..<count]))
    }
    return .help(path: path)
  }

  private mutating func take() -> String? {
    guard next < words.count else { return nil }
    defer { next += 1 }
    return words[next]
  }

  /// Help is asked for wherever `--help` stands, before a `--`.
  private var helpIsAsked: Bool {
    words[next...].prefix { $0 != "--" }.contains { $0 == Option.help.typed || $0 == "-h" }
  }

  // MARK: - The command's words

  private mutating func readBeforeCommand(_ word: String) throws(CommandError) {
    if word.hasPrefix("-") { return try readOption(word, of: Option.common) }
    let longer = path + [word]
    guard !table.commands(under: longer).isEmpty else {
      throw UsageErrors(table: table).unknownCommand(word, after: path)
    }
    path = longer
    command = table.command(path)
  }

  // MARK: - What follows them

  private mutating func readWords(of command: Command) throws(CommandError) -> [String] {
    var plain: [String] = []
    while let word = take() {
      if optionsEnded || word == "-" || !word.hasPrefix("-") {
        plain.append(word)
      } else if word == "--" {
        optionsEnded = true
      } else {
        try readOption(word, of: command.allOptions)
      }
    }
    return plain
  }

  private mutating func readOption(_ word: String, of options: [Option]) throws(CommandError) {
    if word == "-h" {
      wantsHelp = true
      return
    }
    let typed = String(word.prefix { $0 != "=" })
    let inline = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
    let errors = UsageErrors(table: table)
    guard let option = options.first(where: { $0.typed == typed }) else {
      throw errors.unknownOption(typed, among: options, path)
    }
    if option == .help { wantsHelp = true }
    if !option.isRepeatable, option.placeholder != nil, arguments.isGiven(option) {
      throw errors.givenTwice(option, path)
    }
    let value = try value(of: option, inline: inline)
    try errors.checkChoice(value, of: option, path)
    arguments.set(option, value)
  }

  private mutating func value(
    of option: Option, inline: String?
  ) throws(CommandError) -> String? {
    let errors = UsageErrors(table: table)
    guard option.placeholder != nil else {
      guard inline == nil else { throw errors.takesNoValue(option, path) }
      return nil
    }
    if let inline { return inline }
    guard next < words.count, !words[next].hasPrefix("--") else {
      throw errors.needsValue(option, path)
    }
    return take()
  }

  private mutating func place(
    _ words: [String], in command: Command
  ) throws(CommandError) {
    var left = words[...]
    for operand in command.operands {
      while let word = left.popFirst() {
        arguments.set(operand, word)
        if !operand.isRepeatable { break }
      }
    }
    if let word = left.first { throw UsageErrors(table: table).nothingTakes(word, command) }
  }
}
