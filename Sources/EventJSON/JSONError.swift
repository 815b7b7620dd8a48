/// Why a text is not one JSON value as RFC 8259 has it.
///
/// `offset` counts bytes from the start of the text. The text itself is never part of an error: it may hold PHI.
package struct JSONError: Error, Hashable, Sendable {
  package enum Reason: String, Hashable, Sendable {
    case empty = "the text is empty"
    case truncated = "the text ends inside a value"
    case unexpectedByte = "a byte stands where no value, comma or bracket may start"
    case expectedKey = "an object's key must be a string in double quotes"
    case expectedColon = "a colon must follow an object's key"
    case expectedCommaOrEnd = "a comma or the closing bracket must follow a value"
    case badLiteral = "only true, false and null may be written without quotes"
    case badNumber = "a number is not written as RFC 8259 section 6 asks"
    case controlCharacter = "a control character must be escaped inside a string"
    case badEscape = "an escape is not one of RFC 8259 section 7"
    case invalidUTF8 = "the bytes are not UTF-8"
    case tooDeep = "brackets are nested deeper than 512"
    case trailingBytes = "bytes follow the JSON value"
    case duplicateField = "a field of the event's top level is given twice"
  }

  package let reason: Reason
  package let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  package var description: String { "not JSON at byte \(offset): \(reason.rawValue)" }
}
