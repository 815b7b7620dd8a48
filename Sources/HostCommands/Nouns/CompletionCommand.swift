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
    case "zsh": invocation.console.data(script.zsh)
    case "fish": invocation.console.data(script.fish)
    case let other:
      throw CommandError.usage(
        "shell \"\(Printable.short(other))\"", invocation.command.name, "it is none that is known",
        "Give bash, zsh or fish.")
    }
    return .done
  }
}
