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
