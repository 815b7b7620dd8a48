/// One run of one command: what was typed, and where its output goes.
struct Invocation: Sendable {
  let command: Command
  let arguments: Arguments
  let console: Console
  let environment: Environment

  /// The workspace's directory: the option, else `SEALPOST_WORKSPACE`, else `./workspace`.
  var workspacePath: String {
    arguments[Option.workspace] ?? environment["SEALPOST_WORKSPACE"] ?? "./workspace"
  }

  var wantsJSON: Bool { arguments.has(.json) }
}
