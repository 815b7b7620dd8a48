/// Writes the manual page from the table, in the macros of man(7).
struct ManualPage {
  let table: CommandTable

  var text: String {
    ([head] + table.nouns.map(noun) + [options, exitStatus, environment, files, seeAlso])
      .joined(separator: "\n") + "\n"
  }

  private var head: String {
    """
    .TH SEALPOST 1 "" "sealpost \(Self.escaped(Version.text))" "User Commands"
    .SH NAME
    sealpost \\- seal customer events and deliver them through checked adapters
    .SH SYNOPSIS
    .B sealpost
    .I command
    .RI [ operands ]
    .RI [ options ]
    .SH DESCRIPTION
    Seals the fields that identify people before events go to their destinations, and lets only adapters of \
    HIPAA\\-eligible products carry them.
    .SH COMMANDS
    """
  }

  private func noun(_ noun: Noun) -> String {
    ([".SS \(Self.escaped(noun.summary))"] + noun.commands.map(command)).joined(separator: "\n")
  }

  private func command(_ command: Command) -> String {
    var lines = [
      ".TP", ".B \(Self.escaped(command.usage.dropPrefix("sealpost ")))",
      Self.escaped(command.summary + "."),
    ]
    for paragraph in command.details { lines += [".IP", Self.escaped(paragraph)] }
    lines += [".IP", "Who may: \(Self.escaped(command.access.description))."]
    let terms =
      command.operands.map { ($0.usage, $0.help) } + command.options.map { ($0.usage, $0.help) }
    if !terms.isEmpty { lines += [".RS"] + terms.flatMap(term) + [".RE"] }
    for example in command.examples {
      lines += [
        ".IP", Self.escaped("Example, to \(example.meaning):"), ".RS", ".IP", ".EX",
        Self.escaped(example.line), ".EE", ".RE",
      ]
    }
    return lines.joined(separator: "\n")
  }

  private func term(_ name: String, _ help: String) -> [String] {
    [".TP", ".B \(Self.escaped(name))", Self.escaped(help + ".")]
  }

  private var options: String {
    ([".SH OPTIONS", "Every command takes:"]
      + (Option.common + [.version]).flatMap { term($0.usage, $0.help) }).joined(separator: "\n")
  }

  private var exitStatus: String {
    ([".SH EXIT STATUS"]
      + ExitCode.meanings.flatMap { term(String($0.code.rawValue), $0.meaning) })
      .joined(separator: "\n")
  }

  private var environment: String {
    ([".SH ENVIRONMENT"]
      + [
        ("SEALPOST_WORKSPACE", "The workspace's directory, where --workspace is left out"),
        ("SEALPOST_TOKEN_FILE", "A token's file, where --token-file is left out"),
        ("SEALPOST_LOG_LEVEL, SEALPOST_LOG_FORMAT", "What run writes to standard error, and how"),
        ("NO_COLOR", "No colour on a terminal"),
        ("XDG_STATE_HOME", "Where the user's session is kept, else ~/.local/state"),
        (
          "NOTIFY_SOCKET, WATCHDOG_USEC",
          "Where run tells a service manager that it is ready, alive and stopping"
        ),
      ].flatMap(term)).joined(separator: "\n")
  }

  private var files: String {
    ([".SH FILES"]
      + [
        ("./workspace", "The workspace, where nothing else is named"),
        ("workspace/host.sock", "Where status, top and tail ask the host that runs"),
      ].flatMap(term)).joined(separator: "\n")
  }

  private var seeAlso: String {
    """
    .SH SEE ALSO
    .BR systemd.service (5),
    .BR openssl (1)
    """
  }

  /// As roff(7) wants it: no line begins with a control character, a backslash is one, a hyphen can be copied.
  private static func escaped(_ text: some StringProtocol) -> String {
    let plain = text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "…": result += "..."
      case "→": result += "\\(->"
      case "\u{2019}": result += "\\(cq"
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}

extension String {
  fileprivate func dropPrefix(_ prefix: String) -> Substring {
    hasPrefix(prefix) ? dropFirst(prefix.count) : self[...]
  }
}
