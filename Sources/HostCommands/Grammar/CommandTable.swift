/// Every command there is; nothing is parsed, offered or explained that does not stand here.
struct CommandTable: Sendable {
  let nouns: [Noun]

  var commands: [Command] { nouns.flatMap(\.commands) }

  func noun(_ name: String) -> Noun? { nouns.first { $0.name == name } }

  func command(_ path: [String]) -> Command? { commands.first { $0.path == path } }

  /// The commands whose words begin with these.
  func commands(under path: [String]) -> [Command] {
    commands.filter { $0.path.starts(with: path) }
  }

  /// The words that may follow these, each once, in the table's order.
  func words(after path: [String]) -> [String] {
    var seen: Set<String> = []
    return commands(under: path).compactMap { command in
      guard command.path.count > path.count else { return nil }
      let word = command.path[path.count]
      return seen.insert(word).inserted ? word : nil
    }
  }
}
