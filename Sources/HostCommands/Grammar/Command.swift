/// One command: what it is called, what it takes, what it says about itself, what it does.
struct Command: Sendable {
  /// Its words: `["workspace", "init"]`.
  let path: [String]
  /// One sentence without a full stop.
  let summary: String
  let access: Access
  /// Paragraphs that help adds after the summary; one element each.
  var details: [String] = []
  var operands: [Operand] = []
  /// Without those of every command.
  var options: [Option] = []
  let examples: [Example]
  /// What its own exit codes mean, when it has some beside those of every command.
  var exitCodes: [(code: ExitCode, meaning: String)] = []
  let run: @Sendable (Invocation) throws -> ExitCode

  /// Something to paste, and what it does.
  struct Example: Sendable {
    let line: String
    let meaning: String

    init(_ line: String, _ meaning: String) {
      self.line = line
      self.meaning = meaning
    }
  }

  var name: String { path.joined(separator: " ") }

  var allOptions: [Option] { options + Option.common }

  /// `sealpost destination add ID --adapter PRODUCT [options]`.
  var usage: String {
    let required = options.filter(\.isRequired).map(\.usage)
    let rest = options.allSatisfy(\.isRequired) ? [] : ["[options]"]
    return (["sealpost"] + path + operands.map(\.usage) + required + rest).joined(separator: " ")
  }
}

/// The commands of one noun, in the order in which help shows them.
struct Noun: Sendable {
  let name: String
  /// What help's head says of it; one sentence without a full stop.
  let summary: String
  let commands: [Command]
}
