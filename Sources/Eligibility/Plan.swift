/// What was bought; decides, with the BAA, whether a workspace can be eligible.
package enum Plan: String, Codable, CaseIterable, Sendable {
  case free, team, business

  /// Business is eligible by itself, the other two only with the HIPAA add-on.
  package func isEligible(addon: Bool) -> Bool { self == .business || addon }
}
