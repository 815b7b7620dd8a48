internal import EventJSON

/// One object of the members of several: of those with one name the last one stays, in its own place.
enum MergedObject {
  /// Appends it; absent where none of the parts is an object.
  ///
  /// - Parameter names: members that are left out, as JSON writes them between the quotes.
  static func append(
    _ parts: [MappingExpression], omitting names: [[UInt8]] = [], from event: RawSpan,
    _ found: borrowing PathScanner, to out: inout [UInt8]
  ) -> ValueKind {
    var text: [UInt8] = []
    var members: [(key: Range<Int>, value: Range<Int>)] = []
    var isThere = false
    for part in parts {
      let start = text.count
      guard part.append(from: event, found, to: &text) == .object else {
        text.removeSubrange(start...)
        continue
      }
      isThere = true
      let object = unsafe text.span.bytes.extracting(start..<text.count)
      for member in JSONMembers.all(of: object) {
        members.append((member.key.shifted(by: start), member.value.range.shifted(by: start)))
      }
    }
    guard isThere else { return .absent }
    let kept = keep(members.map { text[$0.key] }, omitting: names)
    out.append(UInt8(ascii: "{"))
    for (member, isKept) in zip(members, kept) where isKept {
      out.appendElement { out in
        out += text[member.key.lowerBound - 1...member.key.upperBound]
        out.append(UInt8(ascii: ":"))
        out += text[member.value]
        return .object
      }
    }
    out.append(UInt8(ascii: "}"))
    return .object
  }

  /// Of each key whether it stays: it is not left out, and none after it is the same.
  private static func keep(_ keys: [ArraySlice<UInt8>], omitting names: [[UInt8]]) -> [Bool] {
    var seen = Set(names.map { $0[...] })
    seen.reserveCapacity(keys.count + names.count)
    return keys.reversed().map { seen.insert(plain($0)).inserted }.reversed()
  }

  /// A key in the spelling that the compiler uses, so that `"\u0065mail"` is `email`.
  private static func plain(_ key: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard key.contains(UInt8(ascii: "\\")) else { return key }
    var text: [UInt8] = []
    guard unsafe JSONString.unescape(key.span.bytes, appendingTo: &text) else { return key }
    var content: [UInt8] = []
    unsafe JSONString.escape(text.span.bytes, appendingTo: &content)
    return content[...]
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> {
    lowerBound + offset..<upperBound + offset
  }
}
