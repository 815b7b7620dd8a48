/// How long records are kept: six years, 45 CFR 164.316(b)(2)(i), and never less.
package struct AuditRetention: Sendable, Equatable {
  /// In years; who keeps them longer than a century keeps them for ever.
  package static let range = 6...100

  /// With leap days.
  package let days: Int

  /// Nil for a number out of ``range``.
  package init?(years: Int) {
    guard AuditRetention.range.contains(years) else { return nil }
    self.init(valid: years)
  }

  package static let sixYears = AuditRetention(valid: range.lowerBound)

  private init(valid years: Int) { days = (years * 1_461 + 3) / 4 }
}
