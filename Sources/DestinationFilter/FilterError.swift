/// Why a statement is no FQL: the column, what is wrong there, and the mend; no string of the statement.
package struct FilterError: Error, Equatable, Sendable {
  /// In characters, from 1; one behind the last for a statement that ends too early.
  package let column: Int
  package let reason: String
  package let mend: String

  package init(column: Int, _ reason: String, _ mend: String) {
    self.column = column
    self.reason = reason
    self.mend = mend
  }
}

extension FilterError: CustomStringConvertible {
  package var description: String { "column \(column): \(reason). \(mend)" }
}
