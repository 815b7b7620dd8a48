/// Statements and events that meet: the same few fields, values that are sometimes equal and often near.
struct RandomStatement {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  private static let paths = [
    "event", "type", "userId", "properties.a", "properties.b", "properties.list",
    "properties.deep.a", #"properties.two\ words"#, #"properties.do\.t"#, "properties.2nd",
    "properties", "context.none", "properties.a.b",
  ]
  private static let texts = [
    "a", "b", "ab", "A", "a b", "Two Words", "", "é", "😀", "x*y", "1", "1.0", "true", "aXbXc",
  ]
  private static let numbers = [
    "0", "-0", "1", "1.0", "1e0", "-1.5", "9007199254740993", "9007199254740992.0", "1e400",
    "120.50", "12345678901234567890", "9223372036854775807", "9223372036854775808.0", "1e-7",
    "-1e400", "1e-400", "1e15", "1e16", "0.1", "100000000000000000000.5",
  ]

  // MARK: - Statements

  mutating func statement(depth: Int = 4) -> String {
    guard depth > 0 else { return relation(1) }
    switch random.below(7) {
    case 0: return "\(statement(depth: depth - 1)) and \(statement(depth: depth - 1))"
    case 1: return "\(statement(depth: depth - 1)) or \(statement(depth: depth - 1))"
    case 2: return "!(\(statement(depth: depth - 1)))"
    case 3: return "( \(statement(depth: depth - 1)) )"
    default: return relation(depth)
    }
  }

  private mutating func relation(_ depth: Int) -> String {
    switch random.below(8) {
    case 0, 1: "\(value(depth)) = \(value(depth))"
    case 2: "\(value(depth)) != \(value(depth))"
    case 3: "\(number()) \(random.pick([">", ">=", "<", "<="])) \(number())"
    case 4: "\(value(depth)) in \(random.below(2) == 0 ? list() : path())"
    case 5: "contains(\(text(depth)), \(text(depth)))"
    case 6: "match(\(text(depth)), \(pattern()))"
    default: random.pick([path(), "!\(path())", "bool(\(path()))", "true"])
    }
  }

  private mutating func value(_ depth: Int) -> String {
    switch random.below(7) {
    case 0, 1: path()
    case 2: literal()
    case 3: number()
    case 4: list()
    default: text(depth)
    }
  }

  private mutating func text(_ depth: Int) -> String {
    switch random.below(depth > 0 ? 4 : 2) {
    case 0: return quoted(random.pick(Self.texts))
    case 1: return path()
    default:
      let function = random.pick([
        "lowercase", "uppercase", "snakecase", "kebabcase", "titlecase", "typeof", "string",
      ])
      return "\(function)(\(text(depth - 1)))"
    }
  }

  private mutating func number() -> String {
    switch random.below(4) {
    case 0: path()
    case 1: "length(\(path()))"
    case 2: "number(\(path()))"
    default: random.pick(Self.numbers)
    }
  }

  private mutating func literal() -> String {
    switch random.below(4) {
    case 0: quoted(random.pick(Self.texts))
    case 1: random.pick(Self.numbers)
    default: random.pick(["true", "false", "null"])
    }
  }

  private mutating func list() -> String {
    "[" + (0..<random.below(4)).map { _ in literal() }.joined(separator: ", ") + "]"
  }

  private mutating func pattern() -> String {
    let pieces = ["*", "?", "a", "b", "X", "[ab]", "[a-z]", "[A-Z ]", #"\*"#, " ", "é"]
    return "'" + (0..<random.below(5)).map { _ in random.pick(pieces) }.joined() + "'"
  }

  private mutating func path() -> String { random.pick(Self.paths) }

  private mutating func quoted(_ text: String) -> String {
    random.below(2) == 0 ? "'\(text)'" : "\"\(text)\""
  }

  // MARK: - Events

  mutating func event() -> String {
    let keys = ["a", "b", "list", "deep", "two words", "do.t", "2nd"]
    let members = (0..<random.below(9)).map { _ in
      "\(json(random.pick(keys))):\(jsonValue(3))"
    }
    var fields = [
      #""type":"track""#, "\"event\":\(json(random.pick(Self.texts)))",
      "\"properties\":{\(members.joined(separator: ","))}",
    ]
    if random.below(5) == 0 { fields.append("\"properties\":{\"a\":\(jsonValue(1))}") }
    return "{" + fields.joined(separator: " , ") + "}"
  }

  private mutating func jsonValue(_ depth: Int) -> String {
    switch random.below(depth > 0 ? 8 : 5) {
    case 0, 1: json(random.pick(Self.texts))
    case 2: random.pick(Self.numbers)
    case 3: random.pick(["true", "false", "null"])
    case 4: json("a")
    case 5, 6:
      "[" + (0..<random.below(4)).map { _ in jsonValue(depth - 1) }.joined(separator: ",") + "]"
    default: "{\"a\": \(jsonValue(depth - 1)), \"b\":1}"
    }
  }

  /// A JSON string, some of its characters escaped without need.
  private mutating func json(_ text: String) -> String {
    "\""
      + text.unicodeScalars.map { scalar in
        guard random.below(8) == 0 else { return String(scalar) }
        return String(scalar).utf16.map { unit in
          let digits = String(unit, radix: 16)
          return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
      }.joined() + "\""
  }
}

/// A small generator with a seed (Steele and others, 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
