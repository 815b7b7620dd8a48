/// What one setting may be: a member of a schema's `properties`.
struct SettingRule: Equatable {
  fileprivate enum Kind: String {
    case string, integer, number, boolean, array
  }

  let isSecret: Bool
  private let kind: Kind
  /// Of an array's elements.
  private let element: Kind?
  private let choices: [JSONDocument]
  /// Of a number's value, or of a text's length in characters.
  private let least: Double?
  private let most: Double?
  /// A sentence of the author's.
  private let summary: String

  /// Nil when its type is none of those that the header names.
  init?(_ property: JSONDocument) {
    guard case .object(let members) = property, let kind = members["type"]?.kind else {
      return nil
    }
    self.kind = kind
    if case .object(let items)? = members["items"] {
      element = items["type"]?.kind
    } else {
      element = nil
    }
    if case .list(let values)? = members["enum"] { choices = values } else { choices = [] }
    least = members[kind == .string ? "minLength" : "minimum"]?.number
    most = members[kind == .string ? "maxLength" : "maximum"]?.number
    isSecret = members["x-secret"] == .bool(true)
    if case .text(let text)? = members["description"] { summary = text } else { summary = "" }
  }

  /// What it may be, for the operator.
  func text(isRequired: Bool) -> String {
    let kind =
      isSecret ? "a secret" : noun(kind) + (choices.isEmpty ? "" : ", one of \(choiceText)")
    let sentence = summary.isEmpty ? "" : ": \(summary.withoutControls.prefix(200))"
    return kind + (isRequired ? ", required" : "") + sentence
  }

  /// What is wrong with a value, without the value; nil when nothing is.
  func complaint(about value: JSONDocument) -> String? {
    if isSecret { return "is a secret: give it with --set-secret NAME=@FILE" }
    guard SettingRule.is(value, kind) else { return "must be \(noun(kind))" }
    guard choices.isEmpty || choices.contains(value) else { return "must be one of \(choiceText)" }
    switch value {
    case .number(let number): return bounds(number, "")
    case .text(let text): return bounds(Double(text.unicodeScalars.count), " characters long")
    case .list(let values):
      guard let element, !values.allSatisfy({ SettingRule.is($0, element) }) else { return nil }
      return "must be a list whose members are each \(noun(element))"
    default: return nil
    }
  }

  private func bounds(_ number: Double, _ unit: String) -> String? {
    if let least, number < least { return "must be at least \(SettingRule.text(least))\(unit)" }
    if let most, number > most { return "must be at most \(SettingRule.text(most))\(unit)" }
    return nil
  }

  private static func `is`(_ value: JSONDocument, _ kind: Kind) -> Bool {
    switch (value, kind) {
    case (.text, .string), (.number, .number), (.bool, .boolean), (.list, .array): true
    case (.number(let number), .integer): number == number.rounded()
    default: false
    }
  }

  private func noun(_ kind: Kind) -> String {
    switch kind {
    case .string: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .array: "a list"
    }
  }

  private var choiceText: String {
    choices.prefix(20).map { choice in
      switch choice {
      case .text(let text): "\"\(text.withoutControls.prefix(64))\""
      case .number(let number): SettingRule.text(number)
      case .bool(let flag): "\(flag)"
      default: "…"
      }
    }.joined(separator: ", ")
  }

  private static func text(_ number: Double) -> String {
    Int64(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}

extension JSONDocument {
  fileprivate var kind: SettingRule.Kind? {
    if case .text(let word) = self { SettingRule.Kind(rawValue: word) } else { nil }
  }

  fileprivate var number: Double? {
    if case .number(let number) = self { number } else { nil }
  }

  /// Nil when it is no list of texts.
  var texts: [String]? {
    guard case .list(let values) = self else { return nil }
    let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
    return texts.count == values.count ? texts : nil
  }
}
