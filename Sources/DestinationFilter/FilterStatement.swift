/// A statement of FQL, compiled; immutable, so any thread may hold it.
package struct FilterStatement: Sendable {
  /// The longest statement in bytes.
  package static let longest = 16_384

  package let text: String
  let program: FilterProgram

  /// Throws what is wrong with the first thing that is.
  package init(_ text: String) throws(FilterError) {
    guard text.utf8.count <= Self.longest else {
      throw FilterError(
        column: 1, "it is longer than \(Self.longest) bytes", "Make several filters of it.")
    }
    self.text = text
    program = try Parser.parse(Array(text.utf8))
  }
}
