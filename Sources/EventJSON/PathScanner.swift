/// One walk over one event: what stands at each path of a ``PathTable``.
///
/// Where an object holds a key twice the last one counts, as it does for the parsers of JavaScript, Python and Go, so
/// for whoever receives the event. A scanner is reused and keeps its storage; use one per thread.
package struct PathScanner: ~Copyable {
  private var visitor: PathVisitor

  package init(_ table: PathTable) { visitor = PathVisitor(table) }

  /// Scans one event; false for a text that is not JSON, which leaves every path absent.
  @inline(__always)
  @discardableResult
  package mutating func scan(_ bytes: RawSpan) -> Bool {
    visitor.reset()
    if JSONWalker.walk(bytes, &visitor) == nil { return true }
    visitor.reset()
    return false
  }

  /// What stands at a path of the table, by its place there; objects and arrays with their true end.
  @inline(__always)
  package func value(at path: Int) -> FieldValue {
    visitor.found[Int(visitor.table.ends[path])]
  }
}

struct PathVisitor: JSONVisitor {
  let table: PathTable
  /// For each node of the table what was found there.
  var found: [FieldValue]

  /// The node of the innermost open object that a path leads through, and its depth.
  private var node: Int32 = -1
  private var nodeDepth = 0
  /// The node whose value comes next, or -1.
  private var pending: Int32 = -1
  /// Open brackets that are a node's value, innermost last.
  private var open: [(node: Int32, depth: Int)] = []

  init(_ table: PathTable) {
    self.table = table
    found = Array(repeating: FieldValue(), count: table.nodes.count)
  }

  @inline(__always)
  mutating func reset() {
    for index in found.indices { found[index] = FieldValue() }
    open.removeAll(keepingCapacity: true)
    node = -1
    nodeDepth = 0
    pending = -1
  }

  @inline(__always)
  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    guard depth == nodeDepth else { return true }
    pending = unsafe escaped ? findEscaped(name, count) : table.find(name, count, under: node)
    if pending >= 0 && found[Int(pending)].kind != .absent { forget(pending) }
    return true
  }

  private func findEscaped(_ name: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    var text: [UInt8] = []
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    guard JSONString.unescape(content, appendingTo: &text), !text.isEmpty else { return -1 }
    return unsafe text.withUnsafeBufferPointer {
      unsafe table.find($0.baseAddress!, $0.count, under: node)
    }
  }

  /// A key that comes again takes the place of all that was found under it.
  private mutating func forget(_ node: Int32) {
    found[Int(node)] = FieldValue()
    var child = table.nodes[Int(node)].firstChild
    while child >= 0 {
      forget(child)
      child = table.nodes[Int(child)].nextSibling
    }
  }

  @inline(__always)
  mutating func string(_ start: Int, _ end: Int) { value(start, end, .string) }

  @inline(__always)
  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    guard pending >= 0 else { return }
    value(start, end, ValueKind(scalarStartingWith: first))
  }

  @inline(__always)
  private mutating func value(_ start: Int, _ end: Int, _ kind: ValueKind) {
    guard pending >= 0 else { return }
    found[Int(pending)] = FieldValue(kind: kind, start: start, end: end)
    pending = -1
  }

  @inline(__always)
  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    if depth == 1 {
      pending = 0
    } else if pending < 0 {
      return
    }
    found[Int(pending)] = FieldValue(kind: isObject ? .object : .array, start: start, end: start)
    open.append((pending, depth))
    if isObject && table.nodes[Int(pending)].firstChild >= 0 {
      node = pending
      nodeDepth = depth
    }
    pending = -1
  }

  @inline(__always)
  mutating func close(_ end: Int, depth: Int) {
    guard let last = open.last, last.depth == depth else { return }
    found[Int(last.node)].end = end
    open.removeLast()
    if nodeDepth == depth {
      node = table.nodes[Int(node)].parent
      nodeDepth -= 1
    }
  }
}
