internal import Privacy
internal import Workspace

/// `matcher`: which keys hold personal data, and how sensitive they are.
enum MatcherCommands {
  static let noun = Noun(
    name: "matcher", summary: "Matchers: keys that hold personal data",
    commands: [list, add, classify, remove])

  private static let list = Command(
    path: ["matcher", "list"], summary: "List the matchers, default and custom",
    access: .viewer,
    details: [
      """
      A key is matched when it equals a matcher's name or synonym, letters compared without case and \
      without space, "_", "-" and ".". Only yellow matchers can be encrypted.
      """
    ],
    options: [.json], examples: [.init("sealpost matcher list", "what can be encrypted")]
  ) { invocation in
    let matchers = try invocation.openWorkspace().privacy.all
    invocation.print(
      Table(
        columns: [
          .init("matcher"), .init("class"), .init("kind"), .init("synonyms", isFlexible: true),
        ],
        rows: matchers.map { matcher in
          [
            .init(matcher.name),
            .init(matcher.classification.rawValue, tint(matcher.classification)),
            .init(matcher.isDefault ? "default" : "custom"),
            .init(matcher.synonyms.joined(separator: ", ")),
          ]
        }), json: .array(matchers.map(json)))
    return .done
  }

  private static let name = Operand("NAME", "The key that it matches")
  private static let classification = Option.choice(
    "classification", Classification.allCases.map(\.rawValue), "How sensitive it is",
    isRequired: true)
  private static let synonym = Option.repeated("synonym", "S", "Another key that it matches")

  private static let add = Command(
    path: ["matcher", "add"], summary: "Add a custom matcher, or override a default one",
    access: .editor,
    operands: [name], options: [classification, synonym],
    examples: [
      .init(
        "sealpost matcher add mrn --classification yellow --synonym medical_record_number",
        "a record number")
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let matcher = Matcher(
      name: arguments.required(name),
      classification: Classification(rawValue: arguments.required(classification)) ?? .red,
      synonyms: arguments.all(synonym))
    try invocation.openWorkspace().add(matcher: matcher)
    invocation.console.note("Matcher \(Printable.text(matcher.name)) added")
    return .done
  }

  private static let newClass = Operand("CLASS", "red, yellow or green")

  private static let classify = Command(
    path: ["matcher", "classify"], summary: "Classify a matcher anew",
    access: .editor, operands: [name, newClass],
    examples: [.init("sealpost matcher classify gender yellow", "so that it can be encrypted")]
  ) { invocation in
    let word = invocation.arguments.required(newClass)
    guard let classification = Classification(rawValue: word) else {
      throw CommandError.usage(
        "classification \"\(Printable.short(word))\"", invocation.command.name,
        "it is none of red, yellow, green", "Give one of them.")
    }
    let matcher = invocation.arguments.required(name)
    try invocation.openWorkspace().classify(matcher: matcher, as: classification)
    invocation.console.note("Matcher \(Printable.text(matcher)) is \(word)")
    return .done
  }

  private static let remove = Command(
    path: ["matcher", "remove"], summary: "Remove a custom matcher",
    access: .editor, operands: [name],
    examples: [.init("sealpost matcher remove mrn", "one that you added")]
  ) { invocation in
    let matcher = invocation.arguments.required(name)
    try invocation.openWorkspace().removeMatcher(matcher)
    invocation.console.note("Matcher \(Printable.text(matcher)) removed")
    return .done
  }

  private static func tint(_ classification: Classification) -> Painter.Tint {
    switch classification {
    case .red: .red
    case .yellow: .yellow
    case .green: .green
    }
  }

  private static func json(_ matcher: Matcher) -> JSONText {
    .object([
      ("name", .string(matcher.name)), ("classification", .string(matcher.classification.rawValue)),
      ("synonyms", .strings(matcher.synonyms)), ("default", .bool(matcher.isDefault)),
    ])
  }
}
