/// What stands directly inside one object or list.
package enum JSONMembers {
  /// The elements of a list, in order; none for a text that is no JSON list.
  package static func elements(of list: RawSpan) -> [FieldValue] {
    var visitor = MemberVisitor(keys: nil)
    guard JSONWalker.walk(list, &visitor) == nil, !visitor.isObject else { return [] }
    return visitor.values.map(\.value)
  }

  /// The members of an object whose keys are in `keys` (compared folded), in order.
  ///
  /// None for a text that is no JSON object. A key that stands there twice is told twice.
  package static func members(
    of object: RawSpan, selecting keys: KeySelection
  ) -> [(key: KeySelection.KeyID, value: FieldValue)] {
    var visitor = MemberVisitor(keys: keys)
    guard JSONWalker.walk(object, &visitor) == nil, visitor.isObject else { return [] }
    return visitor.values
  }
}

extension JSONMembers {
  /// One member of an object, by its place.
  package struct Member: Sendable {
    /// Between the quotes of its key.
    package let key: Range<Int>
    package let value: FieldValue
  }

  /// Every member of an object, in order; none for a text that is no JSON object.
  package static func all(of object: RawSpan) -> [Member] {
    var visitor = EveryMember()
    guard JSONWalker.walk(object, &visitor) == nil, visitor.isObject else { return [] }
    return visitor.values.map { value in
      let key = JSONMember.key(ofValueAt: value.start, in: object)
      return Member(key: key, value: value)
    }
  }
}

/// Collects the values at depth 1.
private struct EveryMember: JSONVisitor {
  var values: [FieldValue] = []
  var isObject = false
  private var depth = 0

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool { true }

  mutating func string(_ start: Int, _ end: Int) { add(start, end, .string) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    add(start, end, ValueKind(scalarStartingWith: first))
  }

  private mutating func add(_ start: Int, _ end: Int, _ kind: ValueKind) {
    if depth == 1 { values.append(FieldValue(kind: kind, start: start, end: end)) }
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    if depth == 1 { self.isObject = isObject }
    if depth == 2 { add(start, start, isObject ? .object : .array) }
    self.depth = depth
  }

  mutating func close(_ end: Int, depth: Int) {
    if depth == 2 { values[values.count - 1].end = end }
    self.depth = depth - 1
  }
}

/// Collects what stands at depth 1.
private struct MemberVisitor: JSONVisitor {
  /// Nil takes everything, as key 0.
  let keys: KeySelection?
  var values: [(key: KeySelection.KeyID, value: FieldValue)] = []
  var isObject = false
  private var depth = 0
  private var pending: KeySelection.KeyID = 0

  init(keys: KeySelection?) { self.keys = keys }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    guard depth == 1, let keys else { return true }
    guard escaped else {
      pending = unsafe keys.find(name, count)
      return true
    }
    var text: [UInt8] = []
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    pending = -1
    guard JSONString.unescape(content, appendingTo: &text), !text.isEmpty else { return true }
    pending = unsafe text.withUnsafeBufferPointer {
      unsafe keys.find($0.baseAddress!, $0.count)
    }
    return true
  }

  mutating func string(_ start: Int, _ end: Int) { add(start, end, .string) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    add(start, end, ValueKind(scalarStartingWith: first))
  }

  private mutating func add(_ start: Int, _ end: Int, _ kind: ValueKind) {
    guard depth == 1, pending >= 0 else { return }
    values.append((pending, FieldValue(kind: kind, start: start, end: end)))
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    if depth == 1 { self.isObject = isObject }
    if depth == 2 { add(start, start, isObject ? .object : .array) }
    self.depth = depth
  }

  mutating func close(_ end: Int, depth: Int) {
    if depth == 2, pending >= 0 { values[values.count - 1].value.end = end }
    self.depth = depth - 1
  }
}
