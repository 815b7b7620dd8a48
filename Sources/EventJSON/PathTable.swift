/// A set of paths from the top of an event, prepared so that one walk finds what stands at each.
///
/// A path is a list of keys, each compared byte by byte with the key as it is once its escapes are read. Immutable,
/// so any thread may ask.
package struct PathTable: Sendable {
  /// One key of one path or of several; the root, number 0, is the event itself.
  struct Node: Sendable {
    /// Where its key stands in `names`.
    let start: Int32
    let length: Int32
    let parent: Int32
    /// -1 when there is none, as in the next.
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
  }

  private(set) var nodes = [Node(start: 0, length: 0, parent: -1)]
  private var names: [UInt8] = []
  /// For each path its node.
  private(set) var ends: [Int32] = []

  /// A table of these paths; a path may be given twice, and one may be the start of another.
  package init(_ paths: [[String]]) {
    for path in paths {
      var node: Int32 = 0
      for key in path { node = child(of: node, named: Array(key.utf8)) }
      ends.append(node)
    }
  }

  private mutating func child(of parent: Int32, named name: [UInt8]) -> Int32 {
    var child = nodes[Int(parent)].firstChild
    while child >= 0 {
      if self.name(of: nodes[Int(child)]).elementsEqual(name) { return child }
      child = nodes[Int(child)].nextSibling
    }
    let new = Int32(nodes.count)
    var node = Node(start: Int32(names.count), length: Int32(name.count), parent: parent)
    node.nextSibling = nodes[Int(parent)].firstChild
    nodes[Int(parent)].firstChild = new
    nodes.append(node)
    names += name
    return new
  }

  private func name(of node: Node) -> ArraySlice<UInt8> {
    names[Int(node.start)..<Int(node.start + node.length)]
  }

  /// The child of `parent` whose key is these bytes, or -1.
  @inline(__always)
  func find(_ key: UnsafePointer<UInt8>, _ count: Int, under parent: Int32) -> Int32 {
    var child = nodes[Int(parent)].firstChild
    while child >= 0 {
      let node = nodes[Int(child)]
      if unsafe node.length == count && isName(node, key) { return child }
      child = node.nextSibling
    }
    return -1
  }

  @inline(__always)
  private func isName(_ node: Node, _ key: UnsafePointer<UInt8>) -> Bool {
    for offset in 0..<Int(node.length)
    where unsafe names[Int(node.start) + offset] != key[offset] { return false }
    return true
  }
}
