/// Writes help from the table: for everything, for a noun, for one command.
struct HelpText {
  let table: CommandTable
  /// Columns to fill; at most 100 are used.
  let width: Int
  let painter: Painter

  init(table: CommandTable, width: Int?, painter: Painter = Painter(isOn: false)) {
    self.table = table
    self.width = min(max(width ?? 80, 40), 100)
    self.painter = painter
  }

  /// Help for the words typed so far; those are known to begin at least one command.
  func text(for path: [String]) -> String {
    if let command = table.command(path) { return text(for: command) }
    if path.isEmpty { return top() }
    return group(path)
  }

  // MARK: - Everything

  private func top() -> String {
    var parts = [
      paragraph(
        "Seals the fields that identify people before events go to their destinations, "
          + "and lets only adapters of HIPAA-eligible products carry them."),
      heading("Usage") + "\n  sealpost <command> [operands] [options]",
    ]
    parts += table.nouns.map { noun in
      heading(noun.summary) + "\n" + list(noun.commands.map { ($0.name, $0.summary) })
    }
    parts += [
      heading("Options of every command") + "\n"
        + list((Option.common + [.version]).map { ($0.usage, $0.help) }),
      heading("Exit codes") + "\n"
        + list(ExitCode.meanings.map { (String($0.code.rawValue), $0.meaning) }),
      examples([
        .init(
          "sealpost workspace init clinic --name Clinic --plan business --owner ana@example.org",
          "make a workspace"),
        .init("sealpost products list --eligible", "see what may be sent to"),
        .init("sealpost run --workspace clinic --input events.ndjson", "send a file"),
      ]),
      "Help for one of them: sealpost <command> --help\nThe manual page: sealpost help --man",
    ]
    return parts.joined(separator: "\n\n") + "\n"
  }

  // MARK: - A noun

  private func group(_ path: [String]) -> String {
    let commands = table.commands(under: path)
    let summary = path.count == 1 ? table.noun(path[0])?.summary : nil
    let usage = (["sealpost"] + path + ["<verb>"]).joined(separator: " ")
    return [
      summary.map { paragraph($0 + ".") },
      heading("Usage") + "\n  \(usage) [operands] [options]",
      heading("Commands") + "\n" + list(commands.map { ($0.name, $0.summary) }),
      commands.first.map { examples(Array($0.examples.prefix(1))) },
      "Help for one of them: \(usage) --help",
    ].compactMap(\.self).joined(separator: "\n\n") + "\n"
  }

  // MARK: - A command

  private func text(for command: Command) -> String {
    var parts = [paragraph(command.summary + ".")]
    parts += command.details.map(paragraph)
    parts.append(heading("Usage") + "\n  " + command.usage)
    parts.append(heading("Who may") + "\n  " + command.access.description)
    if !command.operands.isEmpty {
      parts.append(
        heading("Operands") + "\n" + list(command.operands.map { ($0.usage, help(of: $0)) }))
    }
    if !command.options.isEmpty {
      parts.append(
        heading("Options") + "\n" + list(command.options.map { ($0.usage, help(of: $0)) }))
    }
    parts.append(
      heading("Options of every command") + "\n" + list(Option.common.map { ($0.usage, $0.help) }))
    if !command.exitCodes.isEmpty {
      parts.append(
        heading("Exit codes") + "\n"
          + list(command.exitCodes.map { (String($0.code.rawValue), $0.meaning) }))
    }
    parts.append(examples(command.examples))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func help(of option: Option) -> String {
    let notes =
      (option.isRequired ? ["required"] : []) + (option.isRepeatable ? ["repeatable"] : [])
    return notes.isEmpty ? option.help : "\(option.help) (\(notes.joined(separator: ", ")))"
  }

  private func help(of operand: Operand) -> String { operand.help }

  // MARK: - Pieces

  private func heading(_ text: String) -> String { painter.paint(text, .bold) }

  private func paragraph(_ text: String) -> String {
    Wrapping.lines(of: text, width: width).joined(separator: "\n")
  }

  private func examples(_ examples: [Command.Example]) -> String {
    let lines = examples.map { "  \(painter.paint("# \($0.meaning)", .dim))\n  \($0.line)" }
    return heading(examples.count == 1 ? "Example" : "Examples") + "\n"
      + lines.joined(separator: "\n")
  }

  /// Two columns; a name too long for the first stands on a line of its own.
  private func list(_ rows: [(name: String, text: String)]) -> String {
    let column = min(rows.map(\.name.count).max() ?? 0, 28)
    let indent = String(repeating: " ", count: column + 4)
    return rows.map { row in
      let lines = Wrapping.lines(of: row.text, width: width - column - 4)
      let body = lines.joined(separator: "\n" + indent)
      guard row.name.count <= column else { return "  \(row.name)\n\(indent)\(body)" }
      return "  \(row.name)" + String(repeating: " ", count: column - row.name.count + 2) + body
    }.joined(separator: "\n")
  }
}
