internal import AdapterLoading
internal import Foundation

/// What `configure` makes of settings: the right ones, wrong ones made from the schema, and none at all.
enum SettingsTests {
  static let all: [ValidatorTest] = [
    .loaded("settings.least", "It is configured with the required settings alone.") { subject in
      try configured(subject, subject.settings.values)
    },
    ValidatorTest("settings.all", "It is configured with every setting of the schema.") { bench in
      let subject = try bench.subject(all: true)
      try subject.load()
      return try configured(subject, subject.settings.values)
    },
    .loaded(
      "settings.missing", "Without a required setting configure says INVALID, and which one.",
      missing),
    .loaded(
      "settings.wrong-type", "A setting of another type is refused with a sentence.", wrongType),
    .loaded("settings.out-of-range", "A value beyond its bounds is refused.", outOfRange),
    .loaded(
      "settings.hostile", "Settings that are no JSON object, or an odd one, do no harm.", hostile),
    .loaded(
      "settings.again", "After configure has failed, destroy follows, and a new instance works.",
      again),
    .loaded(
      "settings.later-host", "A configuration struct that is larger than it knows is taken."
    ) { subject in
      try subject.create()
      let answer = try subject.run(
        .configure(
          settings: subject.document(subject.settings.json), secrets: subject.secrets, later: 64))
      try subject.run(.destroy)
      return answer.status == 0 ? .pass : refused(answer)
    },
    .loaded(
      "settings.canary", "No log line and no problem text holds a setting's value or a secret.",
      canary),
    .started(
      "settings.no-secret", "A secret that the host does not give is a problem told, not a crash."
    ) { subject in
      try subject.end()
      try subject.create()
      let answer = try subject.run(
        .configure(settings: subject.document(subject.settings.json), secrets: [:], later: 0))
      if answer.status == 0 { try subject.run(.start) }
      try subject.run(.destroy)
      return .pass
    },
  ]

  // MARK: - Tests

  private static func configured(
    _ subject: Subject, _ values: [String: JSONDocument]
  ) throws -> Verdict {
    let answer = try configure(subject, .object(values))
    return answer.status == 0 ? .pass : refused(answer)
  }

  private static func refused(_ answer: TrialAnswer) -> Verdict {
    .fail(
      "configure failed (\(answer.status)): \(answer.problem)",
      mend: "Take what the schema allows, or give settings that suit: --settings F")
  }

  private static func missing(_ subject: Subject) throws -> Verdict {
    guard let schema = subject.bench.schema else { return .skip("it has no readable schema.") }
    let names = schema.required.filter { !schema.isSecret($0) }.sorted()
    guard !names.isEmpty else { return .skip("no setting is required.") }
    for name in names {
      var values = subject.settings.values
      values[name] = nil
      let answer = try configure(subject, .object(values))
      if answer.status == 0 {
        return .fail(
          "configure succeeded without \"\(name)\".",
          mend: "Check again what is required: a host may have no schema to hold settings against.")
      }
      if !answer.problem.contains(name) {
        return .warn(
          "the problem does not name \"\(name)\": \(answer.problem)",
          mend: "Say which setting, why, and how to mend it.")
      }
    }
    return .pass
  }

  private static func wrongType(_ subject: Subject) throws -> Verdict {
    guard let schema = subject.bench.schema else { return .skip("it has no readable schema.") }
    var silent: Verdict?
    for (name, property) in schema.properties.sorted(by: { $0.key < $1.key })
    where !schema.isSecret(name) {
      for value in values(notOf: property["type"]) {
        var values = subject.settings.values
        values[name] = value
        let answer = try configure(subject, .object(values))
        if answer.status == 0 {
          silent = .warn(
            "configure took a value of another type for \"\(name)\".",
            mend: "Refuse it: a host refuses it first, but an older one may not know the schema.")
        } else if answer.problem.isEmpty {
          return .fail(
            "configure refused \"\(name)\" without a word.",
            mend: "Write into problem which setting, why, and how to mend it.")
        }
      }
    }
    return silent ?? .pass
  }

  private static func outOfRange(_ subject: Subject) throws -> Verdict {
    guard let schema = subject.bench.schema else { return .skip("it has no readable schema.") }
    var count = 0
    for (name, property) in schema.properties.sorted(by: { $0.key < $1.key })
    where !schema.isSecret(name) {
      for value in values(beyond: property) {
        count += 1
        var values = subject.settings.values
        values[name] = value
        if try configure(subject, .object(values)).status == 0 {
          return .warn(
            "configure took a value for \"\(name)\" that its schema does not allow.",
            mend: "Check the bounds again: a host may have no schema to hold settings against.")
        }
      }
    }
    return count == 0 ? .skip("the schema has no bounds.") : .pass
  }

  private static func hostile(_ subject: Subject) throws -> Verdict {
    let text = String(repeating: "x", count: 1 << 16)
    let deep = String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000)
    let documents = [
      "", " ", "{", "[]", "null", "7", "\"\"", "{}}", #"{"a""#, #"{"":""}"#,
      #"{"x":"\ud83d","y":"\u0000"}"#, #"{"x":\#(deep)}"#, #"{"\#(text)":"\#(text)"}"#,
      #"{"x":1,"x":2,"x":"3"}"#, "\u{FEFF}{}", "{\"x\":\"\u{7F}\"}",
    ]
    for document in documents.map({ Data($0.utf8) }) + [Data([0xFF, 0xFE, 0x00]), Data(count: 64)] {
      try subject.create()
      let answer = try subject.run(.configure(settings: document, secrets: [:], later: 0))
      try subject.run(.destroy)
      guard answer.status == 0 || !answer.problem.isEmpty else {
        return .fail(
          "configure refused such settings without a word.",
          mend: "Write into problem what is wrong, and how to mend it.")
      }
    }
    return .pass
  }

  private static func again(_ subject: Subject) throws -> Verdict {
    _ = try configure(subject, .list([]))
    try subject.begin()
    try subject.deliver(TrialBatch(try subject.events(1)))
    try subject.end()
    return .pass
  }

  private static func canary(_ subject: Subject) throws -> Verdict {
    let canary = JSONDocument.text(subject.bench.canary)
    var texts: [String] = []
    for name in (subject.bench.schema?.properties.keys.sorted() ?? []) + ["no_such_setting"] {
      for value in [canary, .list([canary]), .object([subject.bench.canary: canary])] {
        var values = subject.settings.values
        values[name] = value
        texts.append(try configure(subject, .object(values)).problem)
      }
    }
    try subject.create()
    texts.append(try subject.run(subject.configuring).problem)
    let started = try subject.run(.start)
    texts.append(started.problem)
    guard subject.leak(in: texts) == nil else {
      return .fail(
        "a log line or a problem text holds a setting's value or a secret.",
        mend: "Name the setting and say what it has to be; never say what it is.")
    }
    return .pass
  }

  // MARK: - Values

  private static func configure(
    _ subject: Subject, _ settings: JSONDocument
  ) throws -> TrialAnswer {
    try subject.create()
    let answer = try subject.run(
      .configure(
        settings: subject.document(SampleSettings.json(settings)), secrets: subject.secrets,
        later: 0))
    try subject.run(.destroy)
    return answer
  }

  /// One value of each other type.
  private static func values(notOf type: JSONDocument?) -> [JSONDocument] {
    let all: [(String, JSONDocument)] = [
      ("string", .text("text")), ("number", .number(1.5)), ("boolean", .bool(true)),
      ("array", .list([.object([:])])), ("object", .object(["a": .null])),
    ]
    guard case .text(let name)? = type else { return [] }
    return all.filter { $0.0 != name && !(name == "integer" && $0.0 == "array") }.map(\.1)
  }

  /// Values of the right type that its schema forbids.
  private static func values(beyond property: [String: JSONDocument]) -> [JSONDocument] {
    var values: [JSONDocument] = []
    if case .number(let least)? = property["minimum"] { values.append(.number(least - 1)) }
    if case .number(let most)? = property["maximum"] { values.append(.number(most + 1)) }
    if case .number(let least)? = property["minLength"], least >= 1 {
      values.append(.text(String(repeating: "x", count: Int(least) - 1)))
    }
    if case .list(let choices)? = property["enum"], case .text? = choices.first {
      values.append(.text("no-such-choice"))
    }
    return values
  }
}
