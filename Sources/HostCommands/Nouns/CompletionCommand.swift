/// `completion`: the table of commands as a shell's completion script.
enum CompletionCommand {
  static let noun: Noun = Noun(name: "completion", summary: "Tab completion", commands: [command])

  private static let shell = Operand("SHELL", "bash, zsh or fish")

  private static let command: Command = Command(
    path: ["completion"], summary: "Print a completion script for your shell",
    access: .everyone,
    operands: [shell],
    examples: [.init("sealpost completion bash", "in bash: source <(sealpost completion bash)")]
  ) { invocation in
    let script = CompletionScript(commands: HostCommands.table.commands)
    switch invocation.arguments.required(shell) {
    case "bash": invocation.console.data(script.bash)
    case "zsh":
      invocation.console.data("autoload -U +X bashcompinit && bashcompinit\n" + script.bash)
    case "fish": invocation.console.data(script.fish)
    case let other:
      throw CommandError.usage(
        "shell \"\(Printable.short(other))\"", invocation.command.name, "it is none that is known",
        "Give bash, zsh or fish.")
    }
    return .done
  }
}

/// Writes completion scripts; words and options come from the table, files from the shell.
struct CompletionScript {
  let commands: [Command]

  /// For each beginning of a command's words, what may follow.
  private var followers: [(path: String, words: [String])] {
    var found: [String: [String]] = [:]
    for command in commands {
      for count in 0..<command.path.count {
        let path = command.path.prefix(count).joined(separator: " ")
        if !found[path, default: []].contains(command.path[count]) {
          found[path, default: []].append(command.path[count])
        }
      }
    }
    return found.sorted { $0.key < $1.key }.map { (path: $0.key, words: $0.value) }
  }

  var bash: String {
    let paths = followers.map { path, words in
      "    \"\(path)\") words=\"\(words.joined(separator: " "))\" ;;"
    }
    let options = commands.map { command in
      "    \"\(command.name)\") words=\"\(command.allOptions.map(\.typed).joined(separator: " "))\" ;;"
    }
    return """
      _sealpost() {
        local current=${COMP_WORDS[COMP_CWORD]} path="" word words=""
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case $word in -*) break ;; esac
          case "$path" in
      \(stops)
          esac
          path="${path:+$path }$word"
        done
        case $current in
        -*)
          case "$path" in
      \(options.joined(separator: "\n"))
          esac ;;
        *)
          case "$path" in
      \(paths.joined(separator: "\n"))
          esac ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -o default -F _sealpost sealpost

      """
  }

  /// Behind a whole command come operands, which are no words of a path.
  private var stops: String {
    let names = commands.map { "\"\($0.name)\"" }.joined(separator: "|")
    return "    \(names)) break ;;"
  }

  var fish: String {
    var lines = ["complete -c sealpost -f"]
    for noun in Set(commands.map { $0.path[0] }).sorted() {
      lines.append("complete -c sealpost -n __fish_use_subcommand -a \(noun)")
    }
    for command in commands {
      for (index, word) in command.path.enumerated().dropFirst() {
        let before = command.path.prefix(index).joined(separator: " ")
        lines.append(
          "complete -c sealpost -n '__fish_seen_subcommand_from \(before)' -a \(word) "
            + "-d '\(command.summary.replacing("'", with: "\\'"))'")
      }
      for option in command.options {
        lines.append(
          "complete -c sealpost -n '__fish_seen_subcommand_from \(command.path[0])' -l \(option.name)"
            + (option.placeholder == nil ? "" : " -r"))
      }
    }
    return lines.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      .joined(separator: "\n") + "\n"
  }
}
