internal import EventJSON

extension MappingCompiler {
  /// The directives, each with the members that it takes beside itself.
  private static let known: [(name: String, others: [String])] = [
    ("@path", ["else"]), ("@template", []), ("@if", []), ("@time", ["as"]), ("@merge", []),
    ("@omit", ["from"]), ("@arrayPath", []), ("@literal", []),
  ]

  /// What an object with a name that begins with @ stands for.
  mutating func directive(_ members: [JSONTree.Member], _ tree: JSONTree) -> MappingExpression {
    let name = members.first { $0.key.hasPrefix("@") }?.key ?? ""
    guard let directive = Self.known.first(where: { $0.name == name }), let value = tree[name]
    else {
      let names = Self.known.map(\.name).joined(separator: ", ")
      within(name) {
        $0.complain(
          tree, "there is no such directive", "Write one of \(names), or put it into @literal.")
      }
      return .array([])
    }
    for member in members where member.key != name && !directive.others.contains(member.key) {
      let others = directive.others.map { "\"\($0)\"" }.joined(separator: ", ")
      within(member.key) {
        $0.complain(
          member.value, "\(name) takes no such member",
          others.isEmpty ? "It stands alone." : "Beside it may stand \(others).")
      }
    }
    return within(name) { $0.directive(name, value, tree) }
  }

  private mutating func directive(
    _ name: String, _ value: JSONTree, _ tree: JSONTree
  ) -> MappingExpression {
    switch name {
    case "@path": path(value, otherwise: tree["else"])
    case "@template": remaking { $0.template(value) }
    case "@if": condition(value)
    case "@time": time(value, tree["as"], tree)
    case "@merge": merge(value)
    case "@omit": omit(value, from: tree["from"], tree)
    case "@arrayPath": each(value)
    default: .constant(Array(text[value.range]), value.kind)
    }
  }

  private mutating func path(_ value: JSONTree, otherwise: JSONTree?) -> MappingExpression {
    let other = otherwise.map { other in within("else") { $0.expression(other) } }
    return .path(slot(value), otherwise: other)
  }

  /// The number of the path that a text is.
  private mutating func slot(_ value: JSONTree) -> Int {
    guard let keys = value.string.flatMap({ MappingPath.keys($0) }) else {
      complain(value, "it is no path", #"Write "$.properties.plan", or "$" for the whole."#)
      return 0
    }
    noteUse(of: keys)
    return number(of: keys)
  }

  private mutating func time(
    _ value: JSONTree, _ form: JSONTree?, _ tree: JSONTree
  ) -> MappingExpression {
    let forms = TimeForm.allCases.map(\.rawValue).joined(separator: ", ")
    let found = form?.string.flatMap { TimeForm(rawValue: $0) }
    if found == nil {
      complain(form ?? tree, #"its "as" is no form of a time"#, "Write one of \(forms).")
    }
    return .time(remaking { $0.expression(value) }, found ?? .seconds)
  }

  private mutating func merge(_ value: JSONTree) -> MappingExpression {
    guard let elements = value.elements, !elements.isEmpty else {
      complain(value, "it is no list of objects", #"Write [{"@path": "$.traits"}, {…}]."#)
      return .array([])
    }
    return .merge(
      elements.enumerated().map { index, element in
        within("\(index)") { $0.object(element) }
      })
  }

  /// An expression that can be an object.
  private mutating func object(_ tree: JSONTree) -> MappingExpression {
    if tree.members == nil { complain(tree, "it is no object", "Write an object or a directive.") }
    return expression(tree)
  }

  private mutating func omit(
    _ value: JSONTree, from source: JSONTree?, _ tree: JSONTree
  ) -> MappingExpression {
    let names = value.elements?.compactMap(\.string)
    if names == nil || names?.count != value.elements?.count {
      complain(value, "it is no list of names", #"Write ["email", "phone"]."#)
    }
    guard let source else {
      complain(tree, #"there is no "from""#, #"Write the object: "from": {"@path": "$.traits"}."#)
      return .array([])
    }
    return .omit((names ?? []).map(Self.content), from: within("from") { $0.object(source) })
  }

  private mutating func each(_ value: JSONTree) -> MappingExpression {
    guard let elements = value.elements, elements.count == 2 else {
      complain(
        value, "it is no path and value", #"Write ["$.properties.products", {…}]."#)
      return .array([])
    }
    let list = slot(elements[0])
    return .each(list, withOwnPaths { $0.expression(elements[1]) })
  }

  private mutating func condition(_ value: JSONTree) -> MappingExpression {
    let subjects = ["exists", "blank"].filter { value[$0] != nil }
    for member in value.members ?? []
    where !["exists", "blank", "then", "else"].contains(member.key) {
      within(member.key) {
        $0.complain(
          member.value, "@if takes no such member", "It takes exists or blank, then and else.")
      }
    }
    guard subjects.count == 1, let subject = value[subjects[0]],
      value["then"] != nil || value["else"] != nil
    else {
      complain(
        value, "it asks nothing, or has no answer",
        #"Write {"exists": X, "then": Y, "else": Z}, or blank for exists."#)
      return .array([])
    }
    return .condition(
      MappingCondition(
        subject: within(subjects[0]) { $0.expression(subject) }, asksBlank: subjects[0] == "blank",
        then: value["then"].map { then in within("then") { $0.expression(then) } },
        otherwise: value["else"].map { other in within("else") { $0.expression(other) } }))
  }

  private mutating func template(_ value: JSONTree) -> MappingExpression {
    guard let words = value.string else {
      complain(value, "it is no text", #"Write "{{traits.firstName}} {{traits.lastName}}"."#)
      return .array([])
    }
    var pieces: [TemplatePiece] = []
    var rest = Substring(words)
    while let open = rest.firstRange(of: "{{") {
      let after = rest[open.upperBound...]
      guard let close = after.firstRange(of: "}}"),
        let keys = MappingPath.bareKeys(after[..<close.lowerBound])
      else {
        complain(
          value, "a {{ has no path or no }} behind it", "Write {{properties.plan}}.")
        return .array([])
      }
      if open.lowerBound > rest.startIndex {
        pieces.append(.text(Self.content(String(rest[..<open.lowerBound]))))
      }
      noteUse(of: keys)
      pieces.append(.path(number(of: keys)))
      rest = after[close.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.text(Self.content(String(rest)))) }
    return .template(pieces)
  }
}

extension JSONTree {
  /// As the event path calls it.
  var kind: ValueKind {
    switch content {
    case .scalar(let kind): kind
    case .string: .string
    case .list: .array
    case .object: .object
    }
  }
}

extension Substring {
  /// The first place of those two characters; no regular expression, no Foundation.
  fileprivate func firstRange(of pair: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(pair) { return index..<self.index(index, offsetBy: pair.count) }
      index = self.index(after: index)
    }
    return nil
  }
}
