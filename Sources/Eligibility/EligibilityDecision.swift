/// An answer with its reason and, for a refusal, what mends it.
package struct EligibilityDecision: Sendable, Equatable {
  package let allowed: Bool
  /// One clause without full stop, for an error and for the audit log.
  package let reason: String
  /// The command that mends it; empty when allowed.
  package let mend: String

  package static func allow(_ reason: String) -> EligibilityDecision {
    EligibilityDecision(allowed: true, reason: reason, mend: "")
  }

  package static func refuse(_ reason: String, mend: String) -> EligibilityDecision {
    EligibilityDecision(allowed: false, reason: reason, mend: mend)
  }
}
