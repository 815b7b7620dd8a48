/// Which fields of a destination go out as tokens, and under whose key.
package struct TokenSettings: Codable, Sendable, Equatable {
  /// Within what equal values have equal tokens.
  package enum Scope: String, Codable, CaseIterable, Sendable {
    /// The destination alone: no other can join on them; the default.
    case destination
    /// Every destination of the workspace with this scope.
    case workspace
  }

  /// Names of matchers, in the order they were added, none twice.
  package var fields: [String]
  package var scope: Scope

  package init(fields: [String], scope: Scope) {
    self.fields = fields
    self.scope = scope
  }
}
