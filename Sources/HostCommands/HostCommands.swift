internal import AdapterLoading
internal import FieldEncryption
internal import Workspace
import Glibc

/// The command line: reads what was typed, does it, and ends the process with the right number.
package enum HostCommands {
  /// Runs the command that the process was started with; never returns.
  ///
  /// A process that was started as a worker becomes one before anything else happens.
  package static func main() -> Never {
    WorkerMain.runIfRequested()
    signal(SIGPIPE, SIG_IGN)
    guard ProcessProtection.apply() else {
      Console(environment: .ofThisProcess, isQuiet: false).error(
        "sealpost: this process cannot be closed to others: the kernel refuses it (prctl). "
          + "Nothing was done. See that no filter of system calls forbids PR_SET_DUMPABLE.")
      exit(ExitCode.unavailable.rawValue)
    }
    let code = run(Array(CommandLine.arguments.dropFirst()), environment: .ofThisProcess)
    // Not `exit`: its handlers take OpenSSL down (OPENSSL_cleanup(3)) while a thread that was waited for may still be
    // in its own end, where OpenSSL frees what it kept for it.
    _exit(code.rawValue)
  }

  static let table: CommandTable = CommandTable(nouns: [
    WorkspaceCommands.noun, ProductsCommands.noun, AdapterCommands.noun, DestinationCommands.noun,
    EncryptionCommands.noun, MatcherCommands.noun, ControlCommands.noun, InboxCommands.noun,
    InventoryCommands.noun, RunCommand.noun, StatusCommand.noun, TopCommand.noun,
    TailCommand.noun, QueueCommands.noun,
    DecryptCommand.noun,
    DeadLetterCommands.noun, AuditCommands.noun, UserCommands.noun, SessionCommands.logInNoun,
    SessionCommands.logOutNoun,
    SessionCommands.noun, TokenCommands.noun, SourceCommands.noun, CompletionCommand.noun,
  ])

  /// Does what the words ask for and says how it ended.
  static func run(
    _ words: [String], environment: Environment, clock: SessionClock = .system
  ) -> ExitCode {
    let request: Request
    do {
      request = try ArgumentParser.parse(words, table: table)
    } catch {
      Console(environment: environment, isQuiet: false).error(error.description)
      return error.code
    }
    return perform(request, environment, clock)
  }

  private static func perform(
    _ request: Request, _ environment: Environment, _ clock: SessionClock
  ) -> ExitCode {
    switch request {
    case .help(let path):
      let console = Console(environment: environment, isQuiet: false)
      let help = HelpText(
        table: table, width: console.output.width, painter: console.output.painter)
      console.data(help.text(for: path))
      return finished(.done, console)
    case .manual:
      let console = Console(environment: environment, isQuiet: false)
      console.data(ManualPage(table: table).text)
      return finished(.done, console)
    case .version:
      let console = Console(environment: environment, isQuiet: false)
      console.data("sealpost \(Version.text)\n")
      return finished(.done, console)
    case .run(let command, let arguments):
      let console = Console(environment: environment, isQuiet: arguments.has(.quiet))
      let invocation = Invocation(
        command: command, arguments: arguments, console: console, environment: environment,
        clock: clock)
      return finished(outcome(of: invocation), console)
    }
  }

  private static func outcome(of invocation: Invocation) -> ExitCode {
    do {
      return try invocation.command.run(Admission.admit(invocation))
    } catch FieldEncryptionError.outputFailed(let code) {
      invocation.console.outputFailed(code)
      return .inputOutput
    } catch {
      let failure = Failure(error)
      invocation.console.error(failure.text)
      return failure.code
    }
  }

  /// A reader that has gone ends the process as the signal would have; any other failure is told.
  private static func finished(_ code: ExitCode, _ console: Console) -> ExitCode {
    guard let failure = console.outputFailure else { return code }
    if failure == EPIPE {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    console.error(
      "standard output: it could not be written: \(unsafe String(cString: strerror(failure))). "
        + "Free space or name another file, then run the command again.")
    return .inputOutput
  }
}
