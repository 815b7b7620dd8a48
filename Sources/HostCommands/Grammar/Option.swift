/// One option of a command: the parser, the help and the suggestions all read this.
struct Option: Hashable, Sendable {
  /// Without the two dashes.
  let name: String
  /// What stands for the value in help; nil for a switch.
  let placeholder: String?
  /// One sentence without a full stop.
  let help: String
  var isRequired = false
  var isRepeatable = false
  /// The only values taken; empty: any.
  var choices: [String] = []

  /// An option without a value.
  static func flag(_ name: String, _ help: String) -> Option {
    Option(name: name, placeholder: nil, help: help)
  }

  static func value(
    _ name: String, _ placeholder: String, _ help: String, isRequired: Bool = false
  ) -> Option {
    Option(name: name, placeholder: placeholder, help: help, isRequired: isRequired)
  }

  static func repeated(
    _ name: String, _ placeholder: String, _ help: String, isRequired: Bool = false
  ) -> Option {
    Option(
      name: name, placeholder: placeholder, help: help, isRequired: isRequired, isRepeatable: true)
  }

  static func choice(
    _ name: String, _ choices: [String], _ help: String, isRequired: Bool = false
  ) -> Option {
    Option(
      name: name, placeholder: choices.joined(separator: "|"), help: help, isRequired: isRequired,
      choices: choices)
  }

  /// As it is typed: `--name`.
  var typed: String { "--" + name }

  /// As help shows it: `--name VALUE`.
  var usage: String { placeholder.map { "\(typed) \($0)" } ?? typed }
}

/// One word that a command takes by its place.
struct Operand: Hashable, Sendable {
  /// Upper case, as help shows it.
  let name: String
  let help: String
  var isOptional = false
  /// Takes every word that is left; only the last operand of a command.
  var isRepeatable = false

  init(
    _ name: String, _ help: String, isOptional: Bool = false, isRepeatable: Bool = false
  ) {
    self.name = name
    self.help = help
    self.isOptional = isOptional
    self.isRepeatable = isRepeatable
  }

  var usage: String {
    let word = isRepeatable ? name + " …" : name
    return isOptional ? "[\(word)]" : word
  }
}

// MARK: - Options that many commands take

extension Option {
  static let workspace = value(
    "workspace", "DIR", "The workspace's directory (else SEALPOST_WORKSPACE, else ./workspace)")
  static let quiet = flag("quiet", "Print data and errors, nothing else")
  static let help = flag("help", "Print this help")
  static let version = flag("version", "Print the program's version")
  static let json = flag("json", "Print the data as one JSON document")

  static let tokenFile = value(
    "token-file", "F", "A token instead of a session (else SEALPOST_TOKEN_FILE)")

  /// Taken by every command, before or after its words.
  static let common = [workspace, tokenFile, quiet, help]
}
