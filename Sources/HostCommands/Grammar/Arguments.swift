/// What was typed for one command, checked against its table entry.
struct Arguments: Sendable {
  private(set) var operands: [Operand: [String]] = [:]
  private(set) var values: [Option: [String]] = [:]
  private(set) var switches: Set<Option> = []

  /// The value of an option, if it was given.
  subscript(_ option: Option) -> String? { values[option]?.last }

  /// All values of a repeatable option, in the order in which they were typed.
  func all(_ option: Option) -> [String] { values[option] ?? [] }

  func has(_ option: Option) -> Bool { switches.contains(option) }

  /// The word given for an operand; nil only for one that is optional.
  subscript(_ operand: Operand) -> String? { operands[operand]?.first }

  func all(_ operand: Operand) -> [String] { operands[operand] ?? [] }

  /// A required option or operand; the parser has seen that it is there.
  func required(_ option: Option) -> String { self[option] ?? "" }

  func required(_ operand: Operand) -> String { self[operand] ?? "" }

  // MARK: - Filling

  mutating func set(_ option: Option, _ value: String?) {
    if let value { values[option, default: []].append(value) } else { switches.insert(option) }
  }

  mutating func set(_ operand: Operand, _ word: String) {
    operands[operand, default: []].append(word)
  }

  func isGiven(_ option: Option) -> Bool { switches.contains(option) || values[option] != nil }
}
