/// Writes completion scripts; words, options and their values come from the table, files from the shell.
struct CompletionScript {
  let commands: [Command]

  /// For each beginning of a command's words, what may follow and what help says of it.
  var followers: [(path: String, words: [(word: String, summary: String)])] {
    var found: [String: [(word: String, summary: String)]] = [:]
    for command in commands {
      for count in 0..<command.path.count {
        let (path, word) = (command.path.prefix(count).joined(separator: " "), command.path[count])
        guard found[path]?.contains(where: { $0.word == word }) != true else { continue }
        let summary = count == command.path.count - 1 ? command.summary : ""
        found[path, default: []].append((word, summary))
      }
    }
    return found.sorted { $0.key < $1.key }.map { (path: $0.key, words: $0.value) }
  }

  /// Options of every command that take a value: they may stand before its words.
  var early: [String] {
    Option.common.filter { $0.placeholder != nil }.map(\.typed)
  }

  var bash: String {
    """
    _sealpost() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local path="" whole="" skip="" word words=""
      for word in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
        if [ -n "$skip" ]; then skip=""; continue; fi
        case $word in
          \(early.joined(separator: "|"))) skip=1; continue ;;
          -*) continue ;;
        esac
        if [ -n "$whole" ]; then continue; fi
        path="${path:+$path }$word"
        case "$path" in
          \(commands.map { "\"\($0.name)\"" }.joined(separator: "|"))) whole=1 ;;
        esac
      done
      case "$path $previous" in
    \(choices.joined(separator: "\n"))
        *)
          case $current in
          -*)
            case "$path" in
    \(options.joined(separator: "\n"))
              *) words="\(Option.common.map(\.typed).joined(separator: " "))" ;;
            esac ;;
          *)
            case "$path" in
    \(words.joined(separator: "\n"))
            esac ;;
          esac ;;
      esac
      COMPREPLY=($(compgen -W "$words" -- "$current"))
    }
    complete -o default -F _sealpost sealpost

    """
  }

  private var choices: [String] {
    commands.flatMap { command in
      command.options.filter { !$0.choices.isEmpty }.map {
        "    \"\(command.name) \($0.typed)\") words=\"\($0.choices.joined(separator: " "))\" ;;"
      }
    }
  }

  private var options: [String] {
    commands.map { command in
      "          \"\(command.name)\") words=\"\(command.allOptions.map(\.typed).joined(separator: " "))\" ;;"
    }
  }

  private var words: [String] {
    followers.map { path, words in
      "          \"\(path)\") words=\"\(words.map(\.word).joined(separator: " "))\" ;;"
    }
  }

  /// Under zsh's own reader of bash's scripts.
  var zsh: String { "autoload -U +X compinit bashcompinit && compinit && bashcompinit\n" + bash }
}

extension CompletionScript {
  var fish: String {
    let words = followers.flatMap { path, words in
      words.map { word, summary in
        "complete -c sealpost -n '__sealpost_at \"\(path)\"' -f -a \(word)"
          + (summary.isEmpty ? "" : " -d \(Self.quoted(summary))")
      }
    }
    return """
      function __sealpost_path
        set -l path
        set -l skip 0
        for word in (commandline -opc)[2..-1]
          if test $skip = 1
            set skip 0
            continue
          end
          switch $word
            case \(early.joined(separator: " "))
              set skip 1
            case '-*'
              continue
            case '*'
              set -a path $word
              if contains -- "$path" \(commands.map { "\"\($0.name)\"" }.joined(separator: " "))
                break
              end
          end
        end
        echo "$path"
      end
      function __sealpost_at
        test (__sealpost_path) = "$argv[1]"
      end
      \((words + commands.flatMap(fishOptions) + Option.common.map { fishOption($0, "") })
        .joined(separator: "\n"))

      """
  }

  private func fishOptions(_ command: Command) -> [String] {
    command.options.map { fishOption($0, " -n '__sealpost_at \"\(command.name)\"'") }
  }

  private func fishOption(_ option: Option, _ condition: String) -> String {
    let value =
      option.choices.isEmpty
      ? (option.placeholder == nil ? "" : " -r -F")
      : " -x -a '\(option.choices.joined(separator: " "))'"
    return
      "complete -c sealpost\(condition) -l \(option.name)\(value) -d \(Self.quoted(option.help))"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
