import Glibc

/// Questions to whoever sits at the terminal.
enum Prompt {
  /// Asks and reads a line.
  ///
  /// True for `y` or `yes`; nil when nobody can be asked.
  static func confirm(_ question: String, console: Console) -> Bool? {
    guard isatty(STDIN_FILENO) == 1, console.errors.isTerminal else { return nil }
    _ = Descriptor.write("\(question) [y/N] ", to: console.errors.descriptor)
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}

extension Option {
  /// For what is not to happen by a slip.
  static let yes = Option.flag("yes", "Do not ask")
}

extension Invocation {
  /// Whether it is meant: `--yes`, or the answer on the terminal; throws wrong usage where nobody can be asked.
  func isConfirmed(_ question: String) throws -> Bool {
    if arguments.has(.yes) { return true }
    guard let answer = Prompt.confirm(question, console: console) else {
      throw CommandError.usage(
        "confirmation", command.name, "nobody can be asked here", "Add --yes.")
    }
    if !answer { console.note("Nothing was changed") }
    return answer
  }
}
