/// How much the host says while it runs, and in which form.
enum LogOptions {
  private static let level = Option.choice(
    "log-level", LogLevel.allCases.map(\.rawValue),
    "What is written to standard error at least (else SEALPOST_LOG_LEVEL, else info; "
      + "with --quiet, warning)")
  private static let form = Option.choice(
    "log-format", Log.Form.allCases.map(\.rawValue),
    "How (else SEALPOST_LOG_FORMAT, else text on a terminal and JSON lines elsewhere)")

  static let all = [level, form]

  static func log(_ invocation: Invocation) throws -> Log {
    let level: LogLevel? = try value(Self.level, "SEALPOST_LOG_LEVEL", invocation)
    let form: Log.Form? = try value(Self.form, "SEALPOST_LOG_FORMAT", invocation)
    let console = invocation.console
    return Log(
      console, level: level ?? (console.isQuiet ? .warning : .info),
      form: form ?? (console.errors.isTerminal ? .text : .json))
  }

  private static func value<Value: RawRepresentable<String>>(
    _ option: Option, _ variable: String, _ invocation: Invocation
  ) throws -> Value? {
    guard let text = invocation.arguments[option] ?? invocation.environment[variable] else {
      return nil
    }
    guard let value = Value(rawValue: text) else {
      throw CommandError.usage(
        "variable \(variable)", invocation.command.name,
        "\"\(Printable.short(text))\" is none of \(option.choices.joined(separator: ", "))",
        "Set one of them, or leave it out.")
    }
    return value
  }
}
