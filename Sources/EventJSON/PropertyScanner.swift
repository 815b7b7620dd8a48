/// Finds the members of an event that go when only some properties are kept, or some are removed.
///
/// Paths lead through objects, never into lists. A member that a key names twice is found twice. A scanner is reused;
/// use one per thread.
package struct PropertyScanner: ~Copyable {
  private var visitor: PropertyVisitor

  /// - Parameters:
  ///   - paths: from the top of the event, of two keys or more.
  ///   - keepsOnly: what the paths name stays and its neighbours go, as deep as the paths lead; a field of the
  ///     event's top level that no path begins with is left alone. Else what they name goes.
  package init(_ paths: [[String]], keepsOnly: Bool) {
    visitor = PropertyVisitor(PathTable(paths), keepsOnly: keepsOnly)
  }

  /// The members to remove of a valid event, by their start, none inside another; all with the key 0.
  package mutating func members(of event: RawSpan) -> [KeyMatch] {
    visitor.reset()
    return JSONWalker.walk(event, &visitor) == nil ? visitor.removed : []
  }
}

private struct PropertyVisitor: JSONVisitor {
  let table: PathTable
  let keepsOnly: Bool
  /// Whether a path ends at the node.
  let isEnd: [Bool]
  var removed: [KeyMatch] = []

  /// The node of the innermost open object that a path leads through, and its depth.
  private var node: Int32 = -1
  private var nodeDepth = 0
  /// What becomes of the value that comes next.
  private var next = Fate.stays
  /// The depth of the bracket that is being removed, or 0.
  private var removedDepth = 0

  private enum Fate {
    case stays, goes
    /// An object is looked into; anything else stays, or goes.
    case opens(Int32, elseGoes: Bool)
  }

  init(_ table: PathTable, keepsOnly: Bool) {
    self.table = table
    self.keepsOnly = keepsOnly
    let ends = Set(table.ends)
    isEnd = table.nodes.indices.map { ends.contains(Int32($0)) }
  }

  mutating func reset() {
    removed.removeAll(keepingCapacity: true)
    (node, nodeDepth, next, removedDepth) = (-1, 0, .stays, 0)
  }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    guard depth == nodeDepth, removedDepth == 0 else { return true }
    next = fate(
      of: unsafe escaped ? findEscaped(name, count) : table.find(name, count, under: node))
    return true
  }

  private func fate(of child: Int32) -> Fate {
    // The top level itself is never thinned out.
    let isTop = nodeDepth == 1
    guard child >= 0 else { return keepsOnly && !isTop ? .goes : .stays }
    if isEnd[Int(child)] { return keepsOnly ? .stays : .goes }
    return .opens(child, elseGoes: keepsOnly && !isTop)
  }

  private func findEscaped(_ name: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    var text: [UInt8] = []
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    guard JSONString.unescape(content, appendingTo: &text), !text.isEmpty else { return -1 }
    return unsafe text.withUnsafeBufferPointer {
      unsafe table.find($0.baseAddress!, $0.count, under: node)
    }
  }

  mutating func string(_ start: Int, _ end: Int) { value(start, end, .string) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    value(start, end, ValueKind(scalarStartingWith: first))
  }

  private mutating func value(_ start: Int, _ end: Int, _ kind: ValueKind) {
    defer { next = .stays }
    switch next {
    case .goes, .opens(_, elseGoes: true):
      removed.append(KeyMatch(key: 0, kind: kind, start: start, end: end))
    default: break
    }
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    defer { next = .stays }
    if depth == 1, isObject { (node, nodeDepth) = (0, 1) }
    switch next {
    case .opens(let child, _) where isObject: (node, nodeDepth) = (child, depth)
    case .goes, .opens(_, elseGoes: true):
      removedDepth = depth
      let kind = isObject ? ValueKind.object : .array
      removed.append(KeyMatch(key: 0, kind: kind, start: start, end: start))
    default: break
    }
  }

  mutating func close(_ end: Int, depth: Int) {
    if removedDepth == depth {
      removed[removed.count - 1].end = end
      removedDepth = 0
    } else if nodeDepth == depth {
      node = table.nodes[Int(node)].parent
      nodeDepth -= 1
    }
  }
}
