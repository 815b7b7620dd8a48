/// A compiled statement: its nodes in one array, each behind its parts, and the paths that it asks for.
struct FilterProgram: Sendable {
  indirect enum Node: Sendable {
    case constant(FilterValue)
    /// By its place in `paths`.
    case path(Int)
    case all([Int])
    case any([Int])
    case not(Int)
    case equal(Int, Int)
    case unequal(Int, Int)
    case ordered(Comparison, Int, Int)
    case member(Int, of: Int)
    case call(FilterFunction, [Int])
    /// A `match` whose pattern is a string of the statement.
    case glob(Int, Glob)
  }

  enum Comparison: Sendable { case above, atLeast, below, atMost }

  var nodes: [Node] = []
  /// No path twice.
  var paths: [[String]] = []

  var root: Int { nodes.count - 1 }

  mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func add(path: [String]) -> Int {
    if let index = paths.firstIndex(of: path) { return add(.path(index)) }
    paths.append(path)
    return add(.path(paths.count - 1))
  }
}
