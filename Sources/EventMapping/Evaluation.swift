internal import EventJSON

extension MappingExpression {
  /// Appends the value for an event, and says what it is; nothing where it is absent.
  func append(
    from event: RawSpan, _ found: borrowing PathScanner, to out: inout [UInt8]
  ) -> ValueKind {
    switch self {
    case .constant(let json, let kind):
      out += json
      return kind
    case .path(let number, let otherwise):
      let value = found.value(at: number)
      if let otherwise, value.kind == .absent || value.kind == .null {
        return otherwise.append(from: event, found, to: &out)
      }
      out.append(event, value.range)
      return value.kind
    case .template(let pieces): return Self.append(pieces, from: event, found, to: &out)
    case .object(let members): return Self.append(members, from: event, found, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for element in elements {
        out.appendElement { element.append(from: event, found, to: &$0) }
      }
      out.append(UInt8(ascii: "]"))
      return .array
    case .condition(let condition): return condition.append(from: event, found, to: &out)
    case .time(let value, let form):
      return form.append(to: &out) { value.append(from: event, found, to: &$0) }
    case .merge(let objects):
      return MergedObject.append(objects, from: event, found, to: &out)
    case .omit(let names, let object):
      return MergedObject.append([object], omitting: names, from: event, found, to: &out)
    case .each(let number, let mapping):
      return mapping.append(from: event, found.value(at: number), to: &out)
    }
  }

  private static func append(
    _ members: [(key: [UInt8], value: MappingExpression)], from event: RawSpan,
    _ found: borrowing PathScanner, to out: inout [UInt8]
  ) -> ValueKind {
    let start = out.count
    out.append(UInt8(ascii: "{"))
    for member in members {
      out.appendElement { out in
        out += member.key
        return member.value.append(from: event, found, to: &out)
      }
    }
    guard out.count > start + 1 || members.isEmpty else {
      out.removeLast()
      return .absent
    }
    out.append(UInt8(ascii: "}"))
    return .object
  }

  /// A text: strings with their content as it stands in the event, other values as their JSON.
  private static func append(
    _ pieces: [TemplatePiece], from event: RawSpan, _ found: borrowing PathScanner,
    to out: inout [UInt8]
  ) -> ValueKind {
    let start = out.count
    var isAsked = false
    var isThere = false
    out.append(UInt8(ascii: "\""))
    for piece in pieces {
      switch piece {
      case .text(let text): out += text
      case .path(let number):
        isAsked = true
        let value = found.value(at: number)
        guard value.kind != .absent, value.kind != .null else { continue }
        isThere = true
        if value.kind == .object || value.kind == .array {
          JSONString.escape(event.extracting(value.range), appendingTo: &out)
        } else {
          out.append(event, value.kind == .string ? value.content : value.range)
        }
      }
    }
    guard isThere || !isAsked else {
      out.removeSubrange(start...)
      return .absent
    }
    out.append(UInt8(ascii: "\""))
    return .string
  }
}

extension MappingCondition {
  fileprivate func append(
    from event: RawSpan, _ found: borrowing PathScanner, to out: inout [UInt8]
  ) -> ValueKind {
    let start = out.count
    let kind = subject.append(from: event, found, to: &out)
    let isThere =
      kind != .absent && kind != .null
      && !(asksBlank && kind == .string && out.count == start + 2)
    out.removeSubrange(start...)
    return (isThere != asksBlank ? then : otherwise)?.append(from: event, found, to: &out)
      ?? .absent
  }
}

extension ElementMapping {
  fileprivate func append(
    from event: RawSpan, _ list: FieldValue, to out: inout [UInt8]
  ) -> ValueKind {
    guard list.kind == .array else { return .absent }
    let bytes = event.extracting(list.range)
    var scanner = PathScanner(paths)
    out.append(UInt8(ascii: "["))
    for value in JSONMembers.elements(of: bytes) {
      let element = bytes.extracting(value.range)
      guard scanner.scan(element) else { continue }
      out.appendElement { expression.append(from: element, scanner, to: &$0) }
    }
    out.append(UInt8(ascii: "]"))
    return .array
  }
}

extension [UInt8] {
  /// Appends a part of an event as it is.
  mutating func append(_ event: RawSpan, _ range: Range<Int>) {
    unsafe event.extracting(range).withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Appends one more element or member, with a comma where one is before it, or nothing where it is absent.
  mutating func appendElement(_ element: (inout [UInt8]) -> ValueKind) {
    let start = count
    if let last, last != UInt8(ascii: "["), last != UInt8(ascii: "{") {
      append(UInt8(ascii: ","))
    }
    if element(&self) == .absent { removeSubrange(start...) }
  }
}
