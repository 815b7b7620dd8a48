internal import Privacy
internal import Workspace

/// `matcher`: which keys hold personal data, and how sensitive they are.
enum MatcherCommands {
  static let noun = Noun(
    name: "matcher", summary: "Matchers: keys that hold personal data",
    commands: [list, add, addSynonym, removeSynonym, classify, remove, preset])

  private static let list = Command(
    path: ["matcher", "list"], summary: "List the matchers, default and custom",
    access: .viewer,
    details: [
      """
      A key is matched when it equals a matcher's name or synonym, letters compared without case and \
      without space, "_", "-" and ".". Only yellow matchers can be encrypted. Matchers that find similar keys or \
      values only detect: what they find is in the inbox and in warnings.
      """
    ],
    options: [.json], examples: [.init("sealpost matcher list", "what can be encrypted")]
  ) { invocation in
    let matchers = try invocation.openWorkspace().privacy.all
    invocation.print(
      Table(
        columns: [
          .init("matcher"), .init("class"), .init("kind"), .init("finds"),
          .init("synonyms", isFlexible: true),
        ],
        rows: matchers.map { matcher in
          [
            .init(matcher.name),
            .init(matcher.classification.rawValue, tint(matcher.classification)),
            .init(matcher.isDefault ? "default" : "custom"), .init(finds(matcher)),
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
    details: [
      """
      With --similar it finds keys that are nearly its name or a synonym, with --value it finds values \
      that the pattern matches anywhere. Both are for detection: they are never encrypted or blocked. \
      A pattern is a regular expression without back references and look-around, so that no value \
      takes it long.
      """
    ],
    operands: [name], options: [classification, synonym, similar, value],
    examples: [
      .init(
        "sealpost matcher add mrn --classification yellow --synonym medical_record_number",
        "a record number"),
      .init(
        "sealpost matcher add ssn-like --classification red --value '\\b\\d{3}-\\d{2}-\\d{4}\\b'",
        "detect values"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let matcher = Matcher(
      name: arguments.required(name),
      classification: Classification(rawValue: arguments.required(classification)) ?? .red,
      synonyms: arguments.all(synonym), kind: try kind(invocation))
    try invocation.openWorkspace().add(matcher: matcher)
    invocation.console.note("Matcher \(Printable.text(matcher.name)) added")
    return .done
  }

  private static let similar = Option.flag("similar", "Detect keys that are nearly it")
  private static let value = Option.value("value", "REGEX", "Detect values that this matches")

  private static func kind(_ invocation: Invocation) throws(CommandError) -> Matcher.Kind {
    switch (invocation.arguments.has(similar), invocation.arguments[value]) {
    case (false, nil): return .exact
    case (true, nil): return .similar
    case (false, let pattern?): return .value(pattern)
    case (true, _?):
      throw CommandError.usage(
        "options \"--similar\" and \"--value\"", invocation.command.name,
        "a matcher looks at keys or at values", "Give one of them, or add two matchers.")
    }
  }

  private static let synonymWord = Operand("S", "The other key")

  private static let addSynonym = Command(
    path: ["matcher", "synonym", "add"], summary: "Let a matcher go by another key",
    access: .editor, operands: [name, synonymWord],
    examples: [.init("sealpost matcher synonym add mrn chart_no", "one more key")]
  ) { invocation in
    let (matcher, key) = (
      invocation.arguments.required(name), invocation.arguments.required(synonymWord)
    )
    try invocation.openWorkspace().add(synonym: key, toMatcher: matcher)
    invocation.console.note("Matcher \(Printable.text(matcher)) goes by \(Printable.text(key)) too")
    return .done
  }

  private static let removeSynonym = Command(
    path: ["matcher", "synonym", "remove"], summary: "Take a key from a matcher",
    access: .editor, operands: [name, synonymWord],
    examples: [.init("sealpost matcher synonym remove photo picture", "a key that is none")]
  ) { invocation in
    let (matcher, key) = (
      invocation.arguments.required(name), invocation.arguments.required(synonymWord)
    )
    try invocation.openWorkspace().remove(synonym: key, fromMatcher: matcher)
    invocation.console.note(
      "Matcher \(Printable.text(matcher)) no longer goes by \(Printable.text(key))")
    return .done
  }

  private static let presetName = Operand("PRESET", "safe-harbor")

  private static let preset = Command(
    path: ["matcher", "preset"], summary: "Add the matchers of a preset", access: .editor,
    details: [
      """
      safe-harbor: the 18 identifiers of 45 CFR 164.514(b)(2), as custom matchers with the keys that \
      usually hold them. Keys that a matcher has already stay with it. Matching them is not \
      de-identification: values under other keys and in free text are not found.
      """
    ],
    operands: [presetName],
    examples: [.init("sealpost matcher preset safe-harbor", "mrn, npi, member_id and their like")]
  ) { invocation in
    let word = invocation.arguments.required(presetName)
    guard word == "safe-harbor" else {
      throw CommandError.usage(
        "preset \"\(Printable.short(word))\"", invocation.command.name,
        "there is none of that name",
        "The one there is: safe-harbor.")
    }
    let count = try invocation.openWorkspace().addSafeHarbor()
    invocation.console.note("\(Count.of(count, "matcher")) added. See: sealpost matcher list")
    return .done
  }

  private static func finds(_ matcher: Matcher) -> String {
    switch matcher.kind {
    case .exact: "this key"
    case .similar: "similar keys"
    case .value(let pattern): "values: \(pattern)"
    }
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
      ("similar", .bool(matcher.kind == .similar)), ("value", .optional(pattern(matcher))),
    ])
  }

  private static func pattern(_ matcher: Matcher) -> String? {
    guard case .value(let pattern) = matcher.kind else { return nil }
    return pattern
  }
}
