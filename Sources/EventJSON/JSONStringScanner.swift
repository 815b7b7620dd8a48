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
