internal import AdapterAuthoring

/// `adapter validate`: holds an adapter against the contract, for its author.
enum AdapterValidateCommand {
  private static let path = Operand(
    "PATH", "A folder with adapter.json and the library that it names", isOptional: true)
  static let settings = Option.value(
    "settings", "F",
    "Settings as one JSON object, secrets among them (else made up from the schema)")
  private static let pattern = Option.repeated(
    "test", "PATTERN", "Only tests with this in their name; * stands for any letters")
  private static let seed = Option.value(
    "seed", "N", "Of the random choices; the same N, the same choices")
  private static let onlyFailed = Option.flag("only-failed", "Print only what failed")
  private static let listing = Option.flag("list", "Print the tests and run none")
  private static let junit = Option.value(
    "junit", "F", "Also write the results as JUnit's XML, a new file")

  static let command = Command(
    path: ["adapter", "validate"],
    summary: "Hold an adapter against the contract, test by test",
    access: .everyone,
    details: [
      """
      Each test runs in a sandboxed process of its own and ends as pass, warn, fail, skip, crash or \
      timeout, with what was expected, what was seen and how to mend it. No workspace, no signature \
      and no network are needed: a scripted peer answers the adapter's HTTP requests.
      """
    ],
    operands: [path],
    options: [settings, pattern, seed, onlyFailed, listing, junit, .json],
    examples: [
      .init("sealpost adapter validate ./adapter", "every test"),
      .init("sealpost adapter validate ./adapter --test deliver. --only-failed", "one group"),
      .init("sealpost adapter validate ./adapter --junit results.xml", "for a build server"),
      .init("sealpost adapter validate --list", "what is tested"),
    ],
    exitCodes: [(.no, "a test failed, crashed or hung")], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    let patterns = arguments.all(pattern)
    for pattern in patterns where Validator.tests(matching: [pattern]).isEmpty {
      throw AuthoringError.noSuchTest(pattern)
    }
    if arguments.has(listing) { return list(Validator.tests(matching: patterns), invocation) }
    guard let folder = arguments[path] else {
      throw CommandError.usage(
        "PATH", invocation.command.name, "it is missing",
        "Give the adapter's folder. See: sealpost adapter validate --help")
    }
    let validator = try Validator(folder, try options(invocation, patterns))
    let reports = validator.run { report in
      guard !invocation.wantsJSON, !arguments.has(onlyFailed) || report.verdict.outcome.isBad else {
        return
      }
      invocation.console.data(text(report, invocation.console.output.painter))
    }
    if invocation.wantsJSON { invocation.console.data(json(validator, reports, arguments)) }
    if let file = arguments[junit] {
      try OutputFile.write(
        JUnitReport.text(of: reports, product: validator.product), toNewFile: file)
    }
    return summarise(reports, validator, invocation)
  }

  private static func options(
    _ invocation: Invocation, _ patterns: [String]
  ) throws -> Validator.Options {
    var options = Validator.Options()
    options.patterns = patterns
    options.settings = try invocation.arguments[settings].map {
      try InputFile.read($0, limit: 1 << 20)
    }
    if let word = invocation.arguments[seed] {
      guard let number = UInt64(word) else {
        throw CommandError.usage(
          "option \"--seed\"", invocation.command.name, "its value is no whole number",
          "Write a number from 0.")
      }
      options.seed = number
    }
    return options
  }

  // MARK: - Printing

  private static func list(_ tests: [ValidatorTest], _ invocation: Invocation) -> ExitCode {
    invocation.print(
      Table(
        columns: [.init("test"), .init("what is expected", isFlexible: true)],
        rows: tests.map { [.init($0.name), .init($0.expected)] }),
      json: .array(
        tests.map {
          .object([
            ("test", .string($0.name)), ("group", .string($0.group)),
            ("expected", .string($0.expected)),
          ])
        }))
    return .done
  }

  /// One line for a pass; what was expected, seen and how to mend it below every other outcome.
  private static func text(_ report: TestReport, _ painter: Painter) -> String {
    let verdict = report.verdict
    let word = verdict.outcome.rawValue
    let head =
      painter.paint(word + String(repeating: " ", count: 9 - word.count), verdict.outcome.tint)
      + report.name + "\n"
    guard verdict.outcome != .pass else { return head }
    let lines =
      verdict.outcome == .skip
      ? [("skipped", verdict.seen), ("mend", verdict.mend)]
      : [("expected", report.expected), ("seen", verdict.seen), ("mend", verdict.mend)]
    return head
      + lines.filter { !$0.1.isEmpty }.map { "         \($0.0): \(Printable.text($0.1))\n" }
      .joined()
  }

  private static func json(
    _ validator: Validator, _ reports: [TestReport], _ arguments: Arguments
  ) -> JSONText {
    let shown = reports.filter { !arguments.has(onlyFailed) || $0.verdict.outcome.isBad }
    return .object([
      ("product", .string(validator.product)), ("version", .string(validator.version)),
      ("sandbox", .optional(validator.sandbox)),
      (
        "tests",
        .array(
          shown.map { report in
            .object([
              ("test", .string(report.name)), ("group", .string(report.group)),
              ("outcome", .string(report.verdict.outcome.rawValue)),
              ("expected", .string(report.expected)), ("seen", .string(report.verdict.seen)),
              ("mend", .string(report.verdict.mend)),
              ("milliseconds", .integer(Int(report.milliseconds.rounded()))),
            ])
          })
      ),
      (
        "counts",
        .object(
          Verdict.Outcome.allCases.map { outcome in
            (outcome.rawValue, .integer(reports.count { $0.verdict.outcome == outcome }))
          })
      ),
    ])
  }

  private static func summarise(
    _ reports: [TestReport], _ validator: Validator, _ invocation: Invocation
  ) -> ExitCode {
    let counts = Verdict.Outcome.allCases.compactMap { outcome -> String? in
      let count = reports.count { $0.verdict.outcome == outcome }
      return count == 0 && outcome != .pass ? nil : "\(count) \(outcome.rawValue)"
    }
    let isValid = !reports.contains { $0.verdict.outcome.isBad }
    invocation.console.note(
      "\(validator.product) \(validator.version) \(isValid ? "keeps" : "does not keep") the contract: "
        + counts.joined(separator: ", ")
        + ". Sandbox: \(validator.sandbox ?? "no worker could be started")")
    return isValid ? .done : .no
  }
}

extension Verdict.Outcome {
  fileprivate var tint: Painter.Tint? {
    switch self {
    case .pass: .green
    case .warn: .yellow
    case .skip: .dim
    case .fail, .crash, .timeout: .red
    }
  }
}
