internal import EventJSON

/// Makes expressions of a mapping's tree, and collects all that is wrong with it.
struct MappingCompiler {
  let text: [UInt8]
  /// Every path that the expressions made so far ask for, by its number.
  private(set) var paths: [[String]] = []
  private(set) var problems: [MappingProblem] = []
  /// Where a value is made anew, and of which.
  private(set) var remade: [RemadeValue] = []
  /// Whether what is compiled now is made anew.
  private var isRemaking = false
  /// From the top to where the compiler is.
  private var trail: [String] = []

  /// Deeper ones are nobody's intention.
  static let deepest = 32

  init(_ text: [UInt8]) { self.text = text }

  /// The tables by the number of their kind.
  mutating func tables(_ tree: JSONTree) -> [MappingExpression?] {
    var tables = [MappingExpression?](repeating: nil, count: EventType.allCases.count + 1)
    guard let members = tree.members else {
      complain(
        tree, "it is no object", #"Write {"track": {…}}, one member for each kind of event."#)
      return tables
    }
    if members.isEmpty {
      complain(
        tree, "it has no table", #"Write {"track": {…}}, one member for each kind of event."#)
    }
    for member in members {
      guard let kind = EventType.allCases.first(where: { "\($0.name)" == member.key }) else {
        let kinds = EventType.allCases.map { "\($0.name)" }.joined(separator: ", ")
        within(member.key) {
          $0.complain(member.value, "there are no such events", "Write one of \(kinds).")
        }
        continue
      }
      tables[Int(kind.rawValue)] = within(member.key) { $0.table(member.value) }
    }
    complainOfDoubles(members, in: tree)
    return tables
  }

  /// The value of a whole table.
  private mutating func table(_ tree: JSONTree) -> MappingExpression? {
    guard tree.members != nil else {
      complain(
        tree, "it is no object",
        "Write what the destination shall get; to send it none of these events, use a filter.")
      return nil
    }
    return expression(tree)
  }

  /// The value that a part of the mapping stands for.
  mutating func expression(_ tree: JSONTree) -> MappingExpression {
    switch tree.content {
    case .scalar(let kind): return .constant(Array(text[tree.range]), kind)
    case .string: return .constant(Array(text[tree.range]), .string)
    case .list(let elements):
      return .array(
        elements.enumerated().map { index, element in
          within("\(index)") { $0.expression(element) }
        })
    case .object(let members):
      guard trail.count <= Self.deepest else {
        complain(tree, "it is nested deeper than \(Self.deepest)", "Make it flatter.")
        return .array([])
      }
      complainOfDoubles(members, in: tree)
      if members.contains(where: { $0.key.hasPrefix("@") }) { return directive(members, tree) }
      return .object(
        members.map { member in
          (Self.key(member.key), within(member.key) { $0.expression(member.value) })
        })
    }
  }

  /// A key with its quotes and colon.
  private static func key(_ name: String) -> [UInt8] {
    [UInt8(ascii: "\"")] + content(name) + [UInt8(ascii: "\""), UInt8(ascii: ":")]
  }

  /// What JSON writes between the quotes.
  static func content(_ text: String) -> [UInt8] {
    var content: [UInt8] = []
    let bytes = Array(text.utf8)
    unsafe JSONString.escape(bytes.span.bytes, appendingTo: &content)
    return content
  }
}

// MARK: - For the directives

extension MappingCompiler {
  /// The number of a path.
  mutating func number(of path: [String]) -> Int {
    if let known = paths.firstIndex(of: path) { return known }
    paths.append(path)
    return paths.count - 1
  }

  /// Compiles with paths that begin elsewhere; gives them beside the result.
  mutating func withOwnPaths(
    _ body: (inout MappingCompiler) -> MappingExpression
  ) -> ElementMapping {
    let outer = paths
    paths = []
    let expression = body(&self)
    let table = PathTable(paths)
    paths = outer
    return ElementMapping(expression: expression, paths: table)
  }

  /// Compiles what a directive makes another value of.
  mutating func remaking(
    _ body: (inout MappingCompiler) -> MappingExpression
  ) -> MappingExpression {
    let outer = isRemaking
    isRemaking = true
    defer { isRemaking = outer }
    return body(&self)
  }

  /// A path was asked for where the compiler is.
  mutating func noteUse(of keys: [String]) {
    guard isRemaking else { return }
    remade.append(RemadeValue(place: trail.joined(separator: "."), keys: keys))
  }

  mutating func within<Result>(
    _ name: String, _ body: (inout MappingCompiler) -> Result
  ) -> Result {
    trail.append(name)
    defer { trail.removeLast() }
    return body(&self)
  }

  mutating func complain(_ tree: JSONTree, _ what: String, _ mend: String) {
    let path = trail.map { $0.prefix(64).filter { !$0.isNewline } }.joined(separator: ".")
    problems.append(
      MappingProblem(
        path: path, line: text.line(at: tree.range.lowerBound), what: what, mend: mend))
  }

  private mutating func complainOfDoubles(_ members: [JSONTree.Member], in tree: JSONTree) {
    var seen: Set<String> = []
    for member in members where !seen.insert(member.key).inserted {
      within(member.key) { $0.complain(member.value, "it stands there twice", "Keep one.") }
    }
  }
}
