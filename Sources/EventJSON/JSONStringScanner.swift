/// Every string value of one JSON text, for readers that look for sealed values.
package struct JSONStringScanner {
  /// Calls `body` with the range between the quotes of every string value, in order; keys are passed over.
  ///
  /// - Throws: ``JSONError`` when the text is not JSON (before `body` was called at all), or what `body` throws.
  package static func forEachString(
    in bytes: RawSpan, _ body: (Range<Int>) throws -> Void
  ) throws {
    var visitor = StringVisitor()
    if let error = JSONWalker.walk(bytes, &visitor) { throw error }
    for range in visitor.strings { try body(range) }
  }

  /// As ``forEachString(in:_:)``, but only of values that stand under a selected key, at whatever depth below it.
  ///
  /// Without a selection it is every string.
  package static func forEachString(
    in bytes: RawSpan, under keys: KeySelection?, _ body: (Range<Int>) throws -> Void
  ) throws {
    guard let keys else { return try forEachString(in: bytes, body) }
    var visitor = KeyedStringVisitor(keys)
    if let error = JSONWalker.walk(bytes, &visitor) { throw error }
    for range in visitor.strings { try body(range) }
  }
}

private struct KeyedStringVisitor: JSONVisitor {
  let keys: KeySelection
  var strings: [Range<Int>] = []
  /// Whether the value that comes next stands under a selected key.
  private var isSelected = false
  /// For each open bracket, whether it stands under one.
  private var open: [Bool] = []

  init(_ keys: KeySelection) { self.keys = keys }

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool {
    isSelected = unsafe open[depth - 1] || holds(name, count, escaped)
    return true
  }

  private func holds(_ name: UnsafePointer<UInt8>, _ count: Int, _ escaped: Bool) -> Bool {
    guard escaped else { return unsafe keys.find(name, count) >= 0 }
    var text: [UInt8] = []
    let content = unsafe RawSpan(_unsafeStart: name, byteCount: count)
    guard JSONString.unescape(content, appendingTo: &text), !text.isEmpty else { return false }
    return unsafe text.withUnsafeBufferPointer { unsafe keys.find($0.baseAddress!, $0.count) >= 0 }
  }

  mutating func string(_ start: Int, _ end: Int) {
    if isSelected { strings.append(start + 1..<end - 1) }
    isSelected = open.last ?? false
  }

  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) { isSelected = open.last ?? false }

  mutating func open(_ start: Int, isObject: Bool, depth: Int) { open.append(isSelected) }

  mutating func close(_ end: Int, depth: Int) {
    open.removeLast()
    isSelected = open.last ?? false
  }
}

private struct StringVisitor: JSONVisitor {
  var strings: [Range<Int>] = []

  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool { true }

  mutating func string(_ start: Int, _ end: Int) { strings.append(start + 1..<end - 1) }
  mutating func scalar(_ start: Int, _ end: Int, first: UInt8) {}
  mutating func open(_ start: Int, isObject: Bool, depth: Int) {}
  mutating func close(_ end: Int, depth: Int) {}
}
