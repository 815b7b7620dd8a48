/// Makes a program of a statement.
///
/// ```
/// statement  = or
/// or         = and { "or" and }
/// and        = relation { "and" relation }
/// relation   = unary [ ( "=" | "!=" | ">" | ">=" | "<" | "<=" | "in" ) unary ]
/// unary      = "!" unary | "(" or ")" | literal | function "(" or { "," or } ")" | path
/// literal    = string | number | "true" | "false" | "null" | "[" [ literal { "," literal } ] "]"
/// ```
struct Parser {
  /// Brackets, `!` and calls inside each other.
  static let maximumDepth = 64

  private var lexer: Lexer
  private var token = Token(kind: .end, start: 0)
  private var program = FilterProgram()
  private var depth = 0

  /// An expression that has been read.
  private struct Part {
    let node: Int
    let type: StaticType
    let start: Int
  }

  static func parse(_ text: [UInt8]) throws(FilterError) -> FilterProgram {
    var parser = Parser(lexer: Lexer(text))
    try parser.advance()
    let statement = try parser.or()
    guard parser.token.kind == .end else { throw parser.unexpectedRest() }
    try parser.require([.bool], statement, "the statement")
    return parser.program
  }

  private init(lexer: Lexer) { self.lexer = lexer }

  private mutating func advance() throws(FilterError) { token = try lexer.next() }

  private mutating func take(_ sign: Token.Sign) throws(FilterError) -> Bool {
    guard token.kind == .sign(sign) else { return false }
    try advance()
    return true
  }

  private mutating func deeper(_ start: Int) throws(FilterError) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw error(
        start, "more than \(Self.maximumDepth) brackets, `!` and calls stand in each other",
        "Make several filters of it.")
    }
  }
}

// MARK: - Operators

extension Parser {
  private mutating func or() throws(FilterError) -> Part {
    let first = try and()
    guard token.kind == .sign(.or) else { return first }
    var parts = [first]
    while try take(.or) { parts.append(try and()) }
    return try joined(parts, "or") { .any($0) }
  }

  private mutating func and() throws(FilterError) -> Part {
    let first = try relation()
    guard token.kind == .sign(.and) else { return first }
    var parts = [first]
    while try take(.and) { parts.append(try relation()) }
    return try joined(parts, "and") { .all($0) }
  }

  private mutating func joined(
    _ parts: [Part], _ word: String, _ node: ([Int]) -> FilterProgram.Node
  ) throws(FilterError) -> Part {
    for part in parts { try require([.bool], part, "each side of `\(word)`") }
    return add(node(parts.map(\.node)), .bool, parts[0].start)
  }

  private mutating func relation() throws(FilterError) -> Part {
    let left = try unary()
    guard case .sign(let sign) = token.kind, let make = Self.relations[sign] else { return left }
    try advance()
    let right = try unary()
    if case .sign(let next) = token.kind, Self.relations[next] != nil {
      throw error(token.start, "comparisons do not follow each other", "Join them by `and`.")
    }
    switch sign {
    case .equal, .notEqual: break
    case .in: try require([.list], right, "what stands behind `in`")
    default:
      for part in [left, right] { try require([.number], part, "each side of `\(sign.rawValue)`") }
    }
    return add(make(left.node, right.node), .bool, left.start)
  }

  private static var relations: [Token.Sign: @Sendable (Int, Int) -> FilterProgram.Node] {
    [
      .equal: { .equal($0, $1) }, .notEqual: { .unequal($0, $1) },
      .above: { .ordered(.above, $0, $1) }, .atLeast: { .ordered(.atLeast, $0, $1) },
      .below: { .ordered(.below, $0, $1) }, .atMost: { .ordered(.atMost, $0, $1) },
      .in: { .member($0, of: $1) },
    ]
  }

  private mutating func unary() throws(FilterError) -> Part {
    let start = token.start
    if try take(.not) {
      try deeper(start)
      defer { depth -= 1 }
      let part = try unary()
      try require([.bool], part, "what stands behind `!`")
      return add(.not(part.node), .bool, start)
    }
    if try take(.open) {
      try deeper(start)
      defer { depth -= 1 }
      let part = try or()
      try close(.close, opened: start)
      return Part(node: part.node, type: part.type, start: start)
    }
    return try primary()
  }

  private mutating func close(_ sign: Token.Sign, opened start: Int) throws(FilterError) {
    guard try take(sign) else {
      if token.kind == .end {
        throw error(start, "this bracket is not closed", "Write `\(sign.rawValue)`.")
      }
      throw unexpectedRest()
    }
  }
}

// MARK: - Literals, calls, fields

extension Parser {
  private mutating func primary() throws(FilterError) -> Part {
    let start = token.start
    if case .path(let keys, let isPlain) = token.kind {
      try advance()
      guard token.kind == .sign(.open) else {
        return Part(node: program.add(path: keys), type: .anything, start: start)
      }
      return try call(isPlain && keys.count == 1 ? keys[0] : "", start)
    }
    guard let (value, type) = try literal() else { throw missingOperand() }
    return add(.constant(value), type, start)
  }

  private mutating func literal() throws(FilterError) -> (FilterValue, StaticType)? {
    let start = token.start
    let literal: (FilterValue, StaticType)
    switch token.kind {
    case .string(let bytes): literal = (.string(.bytes(bytes)), .string)
    case .number(let bytes):
      guard let number = FilterNumber(bytes) else { return nil }
      literal = (.number(number), .number)
    case .sign(.true): literal = (.bool(true), .bool)
    case .sign(.false): literal = (.bool(false), .bool)
    case .sign(.null): literal = (.null, .null)
    case .sign(.openList): return (.list(.values(try list(start))), .list)
    default: return nil
    }
    try advance()
    return literal
  }

  private mutating func list(_ start: Int) throws(FilterError) -> [FilterValue] {
    try deeper(start)
    defer { depth -= 1 }
    try advance()
    var values: [FilterValue] = []
    if try take(.closeList) { return values }
    repeat {
      guard let (value, _) = try literal() else {
        throw error(
          token.start, "a list holds strings, numbers, true, false, null and lists",
          "Write text in quotes; compare fields with `=`.")
      }
      values.append(value)
    } while try take(.comma)
    try close(.closeList, opened: start)
    return values
  }

  private mutating func call(_ name: String, _ start: Int) throws(FilterError) -> Part {
    guard let function = FilterFunction(rawValue: name) else {
      throw error(
        start, "there is no function of this name",
        "The functions are: \(FilterFunction.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    try deeper(start)
    defer { depth -= 1 }
    let opening = token.start
    try advance()
    var arguments: [Part] = []
    if token.kind != .sign(.close) {
      repeat { arguments.append(try or()) } while try take(.comma)
    }
    try close(.close, opened: opening)
    guard arguments.count == function.argumentCount else {
      throw error(
        start,
        "`\(function.rawValue)` takes \(function.argumentCount) and is given \(arguments.count)",
        function.argumentCount == 1 ? "Give one value." : "Give two values, a comma between them.")
    }
    if let types = function.arguments {
      for argument in arguments {
        try require(types, argument, "what `\(function.rawValue)` takes")
      }
    }
    return try add(function, arguments, start)
  }

  private mutating func add(
    _ function: FilterFunction, _ arguments: [Part], _ start: Int
  ) throws(FilterError) -> Part {
    if function == .match,
      case .constant(.string(.bytes(let pattern))) = program.nodes[arguments[1].node]
    {
      guard let glob = Glob(pattern) else {
        throw error(
          arguments[1].start, "this is no pattern",
          "Close each `[`, write a character behind each `\\`, and at most \(Glob.longest) bytes.")
      }
      return add(.glob(arguments[0].node, glob), .bool, start)
    }
    return add(.call(function, arguments.map(\.node)), function.result, start)
  }

  private mutating func add(
    _ node: FilterProgram.Node, _ type: StaticType, _ start: Int
  ) -> Part {
    Part(node: program.add(node), type: type, start: start)
  }
}

// MARK: - Errors

extension Parser {
  private func error(_ start: Int, _ reason: String, _ mend: String) -> FilterError {
    lexer.error(at: start, reason, mend)
  }

  private func require(
    _ types: [StaticType], _ part: Part, _ what: String
  ) throws(FilterError) {
    guard !part.type.mayBe(types) else { return }
    let wanted = types.map(\.rawValue).joined(separator: " or ")
    throw error(
      part.start, "\(what) must be \(wanted), this is \(part.type.rawValue)",
      "Compare it, or convert it by `bool`, `string` or `number`.")
  }

  private func missingOperand() -> FilterError {
    token.kind == .end
      ? error(token.start, "the statement ends where a value is missing", "Complete it.")
      : error(token.start, "a field, a literal or a bracket must stand here", "Complete it.")
  }

  private func unexpectedRest() -> FilterError {
    if case .path(let keys, true) = token.kind, keys.count == 1,
      let sign = Token.Sign(rawValue: keys[0].lowercased())
    {
      return error(token.start, "this word is written in lower case", "Write `\(sign.rawValue)`.")
    }
    return error(
      token.start, "an operator is missing before this",
      "Write one of and, or, =, !=, >, >=, <, <=, in.")
  }
}
