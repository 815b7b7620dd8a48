/// One line of a header or a trailer (RFC 9112, section 5).
enum FieldLine {
  /// Refuses what smuggles: a folded line, a space before the colon, a control character.
  static func read(_ line: Span<UInt8>) throws(WireError) -> HTTPField {
    guard line[0] != ByteClass.space, line[0] != ByteClass.tab else { throw .fieldFolded }
    guard let colon = line.firstIndex(of: ByteClass.colon, in: 0..<line.count), colon > 0,
      line.all(0..<colon, ByteClass.isToken)
    else { throw .fieldNameMalformed }
    let value = line.trimmed(colon + 1..<line.count)
    guard line.all(value, ByteClass.isFieldContent) else { throw .fieldValueMalformed }
    return HTTPField(
      line.extracting(0..<colon).text.lowercased(), line.extracting(value).text)
  }

  /// Throws rather than let a line break into the message (response splitting, CWE-113).
  static func write(_ field: HTTPField) throws(WireError) -> String {
    guard !field.name.isEmpty, field.name.utf8.allSatisfy(ByteClass.isToken) else {
      throw .notWritable("a header field's name is not a token")
    }
    let value = field.value.utf8
    guard value.allSatisfy(ByteClass.isFieldContent), value.first != ByteClass.space,
      value.last != ByteClass.space, value.first != ByteClass.tab, value.last != ByteClass.tab
    else {
      throw .notWritable(
        "the value of the header field \(field.name.prefix(64)) holds a line break, another control character, or a space at an end"
      )
    }
    return "\(field.name): \(field.value)"
  }
}
