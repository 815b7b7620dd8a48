/// The words for what can be wrong with a command line; none repeats a value that may be a secret.
struct UsageErrors {
  let table: CommandTable

  func incomplete(_ path: [String]) -> CommandError {
    let words = table.words(after: path).joined(separator: ", ")
    let name = path.isEmpty ? "sealpost" : path.joined(separator: " ")
    return .usage(
      "command \"\(name)\"", nil, "it is not complete",
      "Next is one of: \(words). \(seeHelp(path))")
  }

  func unknownCommand(_ word: String, after path: [String]) -> CommandError {
    let typed = (path + [Printable.short(word)]).joined(separator: " ")
    let candidates = table.words(after: path)
    let near = Suggestion.nearest(to: word, among: candidates).map { path + [$0] }
    let elsewhere = near == nil && path.isEmpty ? commands(endingIn: word) : []
    let mends = (near.map { [$0] } ?? elsewhere).map { $0.joined(separator: " ") }
    return .usage(
      "command \"\(typed)\"", nil, "there is no such command",
      didYouMean(mends) + seeHelp(path))
  }

  /// `sealpost init` means `sealpost workspace init`, when few commands end so.
  private func commands(endingIn word: String) -> [[String]] {
    let found = table.commands.map(\.path).filter { $0.count > 1 && $0.last == word }
    return found.count <= 3 ? found : []
  }

  func unknownOption(_ typed: String, among options: [Option], _ path: [String]) -> CommandError {
    let near = Suggestion.nearest(to: typed, among: options.map(\.typed))
    return .usage(
      "option \"\(Printable.short(typed))\"", place(path), "there is no such option",
      didYouMean(near.map { [$0] } ?? []) + seeHelp(path))
  }

  func needsValue(_ option: Option, _ path: [String]) -> CommandError {
    .usage(
      "option \"\(option.typed)\"", place(path), "its value is missing",
      "Write \(option.usage), or \(option.typed)=… for a value that begins with two dashes.")
  }

  func takesNoValue(_ option: Option, _ path: [String]) -> CommandError {
    .usage(
      "option \"\(option.typed)\"", place(path), "it takes no value",
      "Write \(option.typed) alone.")
  }

  func givenTwice(_ option: Option, _ path: [String]) -> CommandError {
    .usage("option \"\(option.typed)\"", place(path), "it was given twice", "Give it once.")
  }

  func checkChoice(
    _ value: String?, of option: Option, _ path: [String]
  ) throws(CommandError) {
    guard let value, !option.choices.isEmpty, !option.choices.contains(value) else { return }
    let near = Suggestion.nearest(to: value, among: option.choices)
    throw .usage(
      "option \"\(option.typed)\"", place(path),
      "\"\(Printable.short(value))\" is not one of \(option.choices.joined(separator: ", "))",
      near.map { "Did you mean \($0)?" } ?? seeHelp(path))
  }

  func checkRequired(of command: Command, _ arguments: Arguments) throws(CommandError) {
    let operands = command.operands.filter { !$0.isOptional && arguments[$0] == nil }
    let options = command.options.filter { $0.isRequired && !arguments.isGiven($0) }
    let missing = operands.map(\.name) + options.map(\.typed)
    guard !missing.isEmpty else { return }
    throw .usage(
      missing.joined(separator: ", "), place(command.path),
      missing.count == 1 ? "it is missing" : "they are missing",
      "Usage: \(command.usage). \(seeHelp(command.path))")
  }

  func nothingTakes(_ word: String, _ command: Command) -> CommandError {
    .usage(
      "word \"\(Printable.short(word))\"", place(command.path), "the command takes no such word",
      "Usage: \(command.usage). \(seeHelp(command.path))")
  }

  // MARK: - Pieces

  private func place(_ path: [String]) -> String? {
    path.isEmpty ? nil : path.joined(separator: " ")
  }

  private func didYouMean(_ candidates: [String]) -> String {
    candidates.isEmpty ? "" : "Did you mean \(candidates.joined(separator: " or "))? "
  }

  private func seeHelp(_ path: [String]) -> String {
    "See: " + (["sealpost"] + path + ["--help"]).joined(separator: " ")
  }
}
