/// A member of an object inside `context`, `traits` or `properties`, where it stands and what it holds.
package struct SectionMember: Sendable {
  /// The unescaped keys that lead to it, its section's first and its own last; items of a list add none.
  package let path: [[UInt8]]
  package let kind: ValueKind
  /// The value's bytes; of a string with its quotes.
  package let value: Range<Int>
}

/// Every member inside the three sections of one event: the slow walk, for events that are looked at closely.
package enum SectionWalk {
  /// The members that a walk tells, at most: an event may hold many more.
  package static let mostMembers = 1_000

  /// The members of a valid event, each after what leads to it; nothing for a text that is none.
  package static func members(of event: RawSpan) -> [SectionMember] {
    var visitor = MemberVisitor()
    guard JSONWalker.walk(event, &visitor) == nil else { return [] }
    return visitor.members
  }
}

private struct MemberVisitor: JSONVisitor {
  var members: [SectionMember] = []
  /// The keys that lead to where the walk is, with the depth of the object that holds each.
  private var path: [(key: [UInt8], depth: Int)] = []
  /// Members that are open brackets, with the bracket's depth; nil for one that is not told.
  private var open: [(member: Int, depth: Int)] = []
  private var isPending = false

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    leave(depth)
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    var key: [UInt8] = []
    if !escaped || !JSONString.unescape(content, appendingTo: &key) {
      key = unsafe Array(UnsafeBufferPointer(start: name, count: count))
    }
    if depth == 1 {
      let isSection = unsafe key.withUnsafeBufferPointer {
        unsafe $0.baseAddress.map { unsafe EventField(named: $0, key.count).isSection } ?? false
      }
      path = isSection ? [(key, 1)] : []
    } else if !path.isEmpty {
      path.append((key, depth))
      isPending = members.count < SectionWalk.mostMembers
    }
    return true
  }

  mutating func string(_ start: Int, _ end: Int) { tell(.string, start, end) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    tell(ValueKind(scalarStartingWith: first), start, end)
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    guard isPending else { return }
    open.append((members.count, depth))
    tell(isObject ? .object : .array, start, start)
  }

  /// Forgets the keys of the object at this depth, and of what stands in it.
  private mutating func leave(_ depth: Int) {
    while let last = path.last, last.depth >= depth { path.removeLast() }
  }

  mutating func close(_ end: Int, depth: Int) {
    leave(depth)
    guard let last = open.last, last.depth == depth else { return }
    let member = members[last.member]
    members[last.member] = SectionMember(
      path: member.path, kind: member.kind, value: member.value.lowerBound..<end)
    open.removeLast()
  }

  private mutating func tell(_ kind: ValueKind, _ start: Int, _ end: Int) {
    guard isPending else { return }
    isPending = false
    members.append(SectionMember(path: path.map(\.key), kind: kind, value: start..<end))
  }
}
