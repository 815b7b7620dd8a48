/// A value without parts, or a key, and where it stands in a JSON text.
package enum LeafToken: Sendable {
  /// A key between its quotes, the quotes left out; and its unescaped text.
  case key(Range<Int>, [UInt8])
  /// A string with its quotes, a number, a truth value or null; and the unescaped keys that lead to it.
  case value(Range<Int>, ValueKind, path: [[UInt8]])
}

/// Every key and every leaf of a JSON text, in their order: the slow walk, for what somebody looks at.
package enum LeafWalk {
  /// Nil for a text that is no JSON.
  package static func tokens(of text: RawSpan) -> [LeafToken]? {
    unsafe text.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var visitor = unsafe LeafVisitor(base: base.assumingMemoryBound(to: UInt8.self))
      guard unsafe JSONWalker.walk(text, &visitor) == nil else { return nil }
      return unsafe visitor.tokens
    }
  }
}

@unsafe private struct LeafVisitor: JSONVisitor {
  let base: UnsafePointer<UInt8>
  var tokens: [LeafToken] = []
  /// The keys that lead to where the walk is, with the depth of the object that holds each.
  private var path: [(key: [UInt8], depth: Int)] = []

  init(base: UnsafePointer<UInt8>) { unsafe self.base = unsafe base }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    unsafe leave(depth)
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    var key: [UInt8] = []
    if !escaped || !JSONString.unescape(content, appendingTo: &key) {
      key = unsafe Array(UnsafeBufferPointer(start: name, count: count))
    }
    let start = unsafe name - base
    unsafe tokens.append(.key(start..<start + count, key))
    unsafe path.append((key, depth))
    return true
  }

  mutating func string(_ start: Int, _ end: Int) { unsafe tell(.string, start, end) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    unsafe tell(ValueKind(scalarStartingWith: first), start, end)
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {}

  mutating func close(_ end: Int, depth: Int) { unsafe leave(depth) }

  private mutating func tell(_ kind: ValueKind, _ start: Int, _ end: Int) {
    unsafe tokens.append(.value(start..<end, kind, path: path.map(\.key)))
  }

  /// Forgets the keys of the object at this depth, and of what stands in it.
  private mutating func leave(_ depth: Int) {
    while let last = unsafe path.last, last.depth >= depth { unsafe path.removeLast() }
  }
}
