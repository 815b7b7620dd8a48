/// Hides the values of a JSON text, but those under keys that are known to be harmless.
package struct JSONMask: Sendable {
  /// What stands in the place of a value.
  package static let mark = "(masked)"

  /// Folded keys whose values stay, wherever they stand.
  private let kept: KeySelection
  /// Keys of the outermost object whose values stay, exactly as they are written.
  private let keptAtTop: Set<String>

  package init(keeping keys: [String], atTop: Set<String>) {
    kept = KeySelection(keys)
    keptAtTop = atTop
  }

  /// The text with a mark for every string, number and truth value that is not kept; nil when it is no JSON.
  ///
  /// What stands in a list is what the list's key says; a key within an object speaks for itself. `null` stays.
  package func masked(_ text: RawSpan) -> [UInt8]? {
    var visitor = MaskVisitor(kept: kept, keptAtTop: keptAtTop)
    guard JSONWalker.walk(text, &visitor) == nil else { return nil }
    var out: [UInt8] = []
    var copied = 0
    for range in visitor.hidden {
      text.append(copied..<range.lowerBound, to: &out)
      out += "\"\(Self.mark)\"".utf8
      copied = range.upperBound
    }
    text.append(copied..<text.byteCount, to: &out)
    return out
  }
}

extension RawSpan {
  fileprivate func append(_ range: Range<Int>, to out: inout [UInt8]) {
    unsafe extracting(range).withUnsafeBytes { unsafe out.append(contentsOf: $0) }
  }
}

/// Collects where what is to be hidden stands.
private struct MaskVisitor: JSONVisitor {
  let kept: KeySelection
  let keptAtTop: Set<String>
  var hidden: [Range<Int>] = []
  /// For each open bracket whether a value right in it stays.
  private var isKept = [false]

  init(kept: KeySelection, keptAtTop: Set<String>) {
    self.kept = kept
    self.keptAtTop = keptAtTop
  }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    var text: [UInt8] = []
    // A key that cannot be read keeps nothing.
    let isReadable = JSONString.unescape(content, appendingTo: &text) && !text.isEmpty
    isKept[isKept.count - 1] = isReadable && isHarmless(text, depth)
    return true
  }

  private func isHarmless(_ key: [UInt8], _ depth: Int) -> Bool {
    if depth == 1, keptAtTop.contains(String(decoding: key, as: UTF8.self)) { return true }
    return unsafe key.withUnsafeBufferPointer { unsafe kept.find($0.baseAddress!, $0.count) } >= 0
  }

  mutating func string(_ start: Int, _ end: Int) { add(start..<end) }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {
    if first != UInt8(ascii: "n") { add(start..<end) }
  }

  private mutating func add(_ range: Range<Int>) {
    if isKept.last != true { hidden.append(range) }
  }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) {
    isKept.append(!isObject && isKept.last == true)
  }

  mutating func close(_ end: Int, depth: Int) { isKept.removeLast() }
}
