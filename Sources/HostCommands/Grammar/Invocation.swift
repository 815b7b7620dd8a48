internal import Workspace

/// One run of one command: what was typed, and where its output goes.
struct Invocation: Sendable {
  let command: Command
  let arguments: Arguments
  let console: Console
  let environment: Environment
  var clock = SessionClock.system
  /// Set by ``Admission`` for a command that asks for a role.
  var admitted: (workspace: Workspace, actor: Actor)?

  /// The workspace's directory: the option, else `SEALPOST_WORKSPACE`, else `./workspace`.
  var workspacePath: String {
    arguments[Option.workspace] ?? environment["SEALPOST_WORKSPACE"] ?? "./workspace"
  }

  var wantsJSON: Bool { arguments.has(.json) }
}
