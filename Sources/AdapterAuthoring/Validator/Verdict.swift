internal import AdapterLoading

/// How one test of the validator ended, and what its author needs to know.
package struct Verdict: Error, Sendable, Equatable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// It is as the contract has it.
    case pass
    /// It works, and something is worth mending.
    case warn
    case fail
    /// It was not run; what was seen says why.
    case skip
    /// The adapter's process ended.
    case crash
    /// A call did not come back.
    case timeout

    /// Whether an adapter with this outcome is not valid.
    package var isBad: Bool { self == .fail || self == .crash || self == .timeout }
  }

  package let outcome: Outcome
  /// What the adapter did, or why the test was not run; empty for a pass.
  package let seen: String
  /// What to change; empty where nothing is to be changed.
  package let mend: String

  package static let pass = Verdict(outcome: .pass, seen: "", mend: "")

  static func fail(_ seen: String, mend: String) -> Verdict {
    Verdict(outcome: .fail, seen: seen, mend: mend)
  }

  static func warn(_ seen: String, mend: String) -> Verdict {
    Verdict(outcome: .warn, seen: seen, mend: mend)
  }

  static func skip(_ why: String, mend: String = "") -> Verdict {
    Verdict(outcome: .skip, seen: why, mend: mend)
  }

  init(outcome: Outcome, seen: String, mend: String) {
    self.outcome = outcome
    self.seen = seen
    self.mend = mend
  }

  /// Of a call that brought no answer.
  init(_ failure: TrialFailure, during call: String) {
    switch failure {
    case .crashed:
      self.init(
        outcome: .crash, seen: "\(call): \(failure).",
        mend: "Run it in a debugger: sealpost adapter try PATH --in-process")
    case .hung:
      self.init(
        outcome: .timeout, seen: "\(call): \(failure).",
        mend: "Wait for nothing without a time limit, and heed cancel and the deadline.")
    case .lied:
      self.init(
        outcome: .fail, seen: "\(call): \(failure).",
        mend: "Leave the descriptors 3 to 6 alone: they are the worker's.")
    }
  }
}
