/// One condition of `workspace verify`.
package struct EligibilityCondition: Sendable, Equatable {
  /// snake_case, stable: scripts read it.
  package let name: String
  package let holds: Bool
  /// What was found, a clause without full stop.
  package let detail: String
  /// What makes it hold; to be shown only when it does not.
  package let mend: String

  package init(name: String, holds: Bool, detail: String, mend: String) {
    self.name = name
    self.holds = holds
    self.detail = detail
    self.mend = mend
  }
}
