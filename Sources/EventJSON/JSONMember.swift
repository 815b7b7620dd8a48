/// Where one member of an object stands: its key, its value, and what parts it from its neighbours.
///
/// It is found from the value's place alone, by walking back over the key, so that the scan notes nothing about
/// members that stay. Every text it looks at is JSON already.
struct JSONMember {
  /// The key's opening quote.
  let start: Int
  /// The next member's opening quote; behind the value where this is the last member.
  let end: Int
  /// Whether no member follows it in its object.
  let isLast: Bool

  /// The member whose value is `value`, a range of `text`.
  ///
  /// - Precondition: `text` is JSON and `value` is exactly the value of a member of an object in it.
  init(ofValue value: Range<Int>, in text: RawSpan) {
    start = Self.keyStart(before: value.lowerBound, in: text)
    let next = Self.skipSpace(from: value.upperBound, in: text)
    isLast = text.byte(next) == Byte.closeBrace
    end = isLast ? value.upperBound : Self.skipSpace(from: next + 1, in: text)
    precondition(isLast || text.byte(next) == Byte.comma, "a value of an object's member")
  }

  /// What stands between the quotes of the key whose value starts at `value`.
  static func key(ofValueAt value: Int, in text: RawSpan) -> Range<Int> {
    let colon = skipSpaceBack(from: value, in: text)
    let end = skipSpaceBack(from: colon, in: text)
    return keyStart(before: value, in: text) + 1..<end
  }

  /// The opening quote of the key whose value starts at `value`.
  ///
  /// A quote inside the key has an odd number of backslashes before it. Before the opening one stands a brace, a
  /// comma or white space, so the first quote with an even number is the opening one.
  private static func keyStart(before value: Int, in text: RawSpan) -> Int {
    let colon = skipSpaceBack(from: value, in: text)
    precondition(text.byte(colon) == Byte.colon, "a value of an object's member")
    var quote = skipSpaceBack(from: colon, in: text)
    precondition(text.byte(quote) == Byte.quote, "a key is a string")
    repeat {
      quote -= 1
    } while text.byte(quote) != Byte.quote || isEscaped(quote, in: text)
    return quote
  }

  private static func isEscaped(_ index: Int, in text: RawSpan) -> Bool {
    var start = index
    while start > 0, text.byte(start - 1) == Byte.backslash { start -= 1 }
    return (index - start) % 2 == 1
  }

  /// The first place from `index` on that is no white space.
  private static func skipSpace(from index: Int, in text: RawSpan) -> Int {
    var index = index
    while Byte.isSpace(text.byte(index)) { index += 1 }
    return index
  }

  /// The last place before `index` that is no white space.
  private static func skipSpaceBack(from index: Int, in text: RawSpan) -> Int {
    var index = index - 1
    while Byte.isSpace(text.byte(index)) { index -= 1 }
    return index
  }
}

extension RawSpan {
  /// The byte at `index`, which is checked.
  @inline(__always)
  func byte(_ index: Int) -> UInt8 {
    precondition(byteOffsets.contains(index), "a place inside the text")
    return unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }
}
