/// A JSON document as a tree that knows where each value stands; for what people write, never for events.
///
/// Keys keep their order, and a key that comes twice is there twice: whoever reads the tree decides what that means.
package struct JSONTree: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: JSONTree
  }

  package enum Content: Sendable, Equatable {
    /// A number, `true`, `false` or `null`.
    case scalar(ValueKind)
    case string(String)
    case list([JSONTree])
    case object([Member])
  }

  package let content: Content
  /// Where its bytes stand in the text.
  package let range: Range<Int>

  /// Reads a whole text; a lone surrogate becomes U+FFFD.
  package init(_ text: [UInt8]) throws(JSONError) {
    var visitor = TreeVisitor(text: text)
    if let error = unsafe JSONWalker.walk(text.span.bytes, &visitor) { throw error }
    self = visitor.done
  }

  fileprivate init(_ content: Content, _ range: Range<Int>) {
    self.content = content
    self.range = range
  }

  /// The members of an object; nil for anything else.
  package var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The elements of a list; nil for anything else.
  package var elements: [JSONTree]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The text of a string; nil for anything else.
  package var string: String? {
    if case .string(let text) = content { text } else { nil }
  }

  /// The last member of that name.
  package subscript(_ key: String) -> JSONTree? {
    members?.last { $0.key == key }?.value
  }
}

private struct TreeVisitor: JSONVisitor {
  private struct Open {
    let start: Int
    let isObject: Bool
    /// Of the member whose value comes next.
    var key = ""
    var members: [JSONTree.Member] = []
    var elements: [JSONTree] = []
  }

  let text: [UInt8]
  private var brackets: [Open] = []
  /// The whole, once the walk has come to its end.
  var done = JSONTree(.scalar(.null), 0..<0)

  init(text: [UInt8]) { self.text = text }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    let last = brackets.count - 1
    brackets[last].key = unsafe Self.text(RawSpan(_unsafeStart: name, byteCount: count))
    return true
  }

  mutating func string(_ start: Int, _ end: Int) {
    add(JSONTree(.string(content(start + 1..<end - 1)), start..<end))
  }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    add(JSONTree(.scalar(ValueKind(scalarStartingWith: first)), start..<end))
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    brackets.append(Open(start: start, isObject: isObject))
  }

  mutating func close(_ end: Int, depth: Int) {
    let closed = brackets.removeLast()
    add(
      JSONTree(
        closed.isObject ? .object(closed.members) : .list(closed.elements), closed.start..<end))
  }

  private mutating func add(_ value: JSONTree) {
    guard let last = brackets.indices.last else {
      done = value
      return
    }
    if brackets[last].isObject {
      brackets[last].members.append(JSONTree.Member(key: brackets[last].key, value: value))
    } else {
      brackets[last].elements.append(value)
    }
  }

  private func content(_ range: Range<Int>) -> String {
    unsafe Self.text(text.span.bytes.extracting(range))
  }

  private static func text(_ content: RawSpan) -> String {
    var bytes: [UInt8] = []
    guard JSONString.unescape(content, appendingTo: &bytes) else { return "\u{FFFD}" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
