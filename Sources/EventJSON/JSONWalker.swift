/// What a walk over one JSON text meets, in the order of the bytes.
///
/// Offsets count from the start of the text. `depth` is the number of brackets that are open around the thing:
/// a key of the outermost object has depth 1.
protocol JSONVisitor {
  /// A key of an object: the `count` bytes between its quotes. False refuses it as given twice.
  mutating func key(
    _ name: UnsafePointer<UInt8>, _ count: Int, escaped: Bool, depth: Int
  ) -> Bool
  /// A string value; the range includes its quotes.
  mutating func string(_ start: Int, _ end: Int)
  /// A number, `true`, `false` or `null`, and its first byte.
  mutating func scalar(_ start: Int, _ end: Int, first: UInt8)
  /// `{` or `[`; `depth` counts this bracket.
  mutating func open(_ start: Int, isObject: Bool, depth: Int)
  /// The bracket that closes what was opened at `depth`; `end` is behind it.
  mutating func close(_ end: Int, depth: Int)
}

/// One pass over one JSON text: accepts what RFC 8259 accepts, refuses the rest, and tells a visitor where things are.
///
/// The inner loop looks at 8 bytes at a time where a string allows it. Nothing is allocated beside one byte for
/// each level of depth, on the stack.
struct JSONWalker<Visitor: JSONVisitor> {
  static var maximumDepth: Int { 512 }

  /// Walks `bytes` and returns nil, or the first thing that is wrong.
  @inline(__always)
  static func walk(_ bytes: RawSpan, _ visitor: inout Visitor) -> JSONError? {
    unsafe bytes.withUnsafeBytes { buffer in
      guard unsafe !buffer.isEmpty, let base = buffer.baseAddress else {
        return JSONError(.empty, at: 0)
      }
      return unsafe withUnsafeTemporaryAllocation(of: Bool.self, capacity: maximumDepth + 1) {
        isObject in
        var cursor = unsafe Cursor(
          base: base.assumingMemoryBound(to: UInt8.self), count: buffer.count)
        return unsafe walk(&cursor, isObject.baseAddress!, &visitor)
      }
    }
  }

  @inline(__always)
  private static func walk(
    _ cursor: inout Cursor, _ isObject: UnsafeMutablePointer<Bool>, _ visitor: inout Visitor
  ) -> JSONError? {
    var depth = 0
    values: while true {
      guard unsafe cursor.skipWhitespace() else {
        return unsafe JSONError(
          depth == 0 && cursor.isBlank ? .empty : .truncated, at: cursor.index)
      }
      let start = unsafe cursor.index
      switch unsafe cursor.current {
      case Byte.quote:
        guard unsafe cursor.skipString() else { return unsafe cursor.error }
        unsafe visitor.string(start, cursor.index)
      case Byte.openBrace:
        depth += 1
        guard depth <= maximumDepth else { return JSONError(.tooDeep, at: start) }
        unsafe isObject[depth] = true
        visitor.open(start, isObject: true, depth: depth)
        unsafe cursor.index += 1
        guard unsafe cursor.skipWhitespace() else { return unsafe cursor.truncated }
        if unsafe cursor.current != Byte.closeBrace {
          guard unsafe walkKey(&cursor, depth, &visitor) else { return unsafe cursor.error }
          continue values
        }
        unsafe cursor.index += 1
        unsafe visitor.close(cursor.index, depth: depth)
        depth -= 1
      case Byte.openBracket:
        depth += 1
        guard depth <= maximumDepth else { return JSONError(.tooDeep, at: start) }
        unsafe isObject[depth] = false
        visitor.open(start, isObject: false, depth: depth)
        unsafe cursor.index += 1
        guard unsafe cursor.skipWhitespace() else { return unsafe cursor.truncated }
        if unsafe cursor.current != Byte.closeBracket { continue values }
        unsafe cursor.index += 1
        unsafe visitor.close(cursor.index, depth: depth)
        depth -= 1
      default:
        guard unsafe cursor.skipScalar() else { return unsafe cursor.error }
        unsafe visitor.scalar(start, cursor.index, first: cursor.base[start])
      }
      while depth > 0 {
        guard unsafe cursor.skipWhitespace() else { return unsafe cursor.truncated }
        let byte = unsafe cursor.current
        unsafe cursor.index += 1
        if byte == Byte.comma {
          if unsafe isObject[depth] {
            guard unsafe walkKey(&cursor, depth, &visitor) else { return unsafe cursor.error }
          }
          continue values
        }
        guard unsafe byte == (isObject[depth] ? Byte.closeBrace : Byte.closeBracket) else {
          return unsafe JSONError(.expectedCommaOrEnd, at: cursor.index - 1)
        }
        unsafe visitor.close(cursor.index, depth: depth)
        depth -= 1
      }
      return unsafe cursor.skipWhitespace() ? JSONError(.trailingBytes, at: cursor.index) : nil
    }
  }

  /// A key and its colon.
  @inline(__always)
  private static func walkKey(_ cursor: inout Cursor, _ depth: Int, _ visitor: inout Visitor)
    -> Bool
  {
    guard unsafe cursor.skipWhitespace() else { return unsafe cursor.fail(.truncated) }
    guard unsafe cursor.current == Byte.quote else { return unsafe cursor.fail(.expectedKey) }
    let start = unsafe cursor.index + 1
    guard unsafe cursor.skipString() else { return false }
    let isWelcome = unsafe visitor.key(
      cursor.base + start, cursor.index - 1 - start, escaped: cursor.sawEscape, depth: depth)
    guard isWelcome else {
      unsafe cursor.error = JSONError(.duplicateField, at: start - 1)
      return false
    }
    guard unsafe cursor.skipWhitespace() else { return unsafe cursor.fail(.truncated) }
    guard unsafe cursor.current == Byte.colon else { return unsafe cursor.fail(.expectedColon) }
    unsafe cursor.index += 1
    return true
  }
}
