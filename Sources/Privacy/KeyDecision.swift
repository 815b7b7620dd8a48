/// What is done with one key for one destination, and why.
package struct KeyDecision: Equatable, Sendable {
  package let action: KeyAction
  package let reason: Reason

  /// The rule that decided; the words are shown.
  package enum Reason: String, Sendable {
    case green = "classified green"
    case allowed = "allowed"
    case encryptedField = "a field that the destination encrypts"
    case tokenizedField = "a field that the destination tokenises"
    case sourceControl = "the source's control"
    case destinationControl = "the destination's control"
    case redByDefault = "red is blocked unless the destination's control says otherwise"
    case fewValues = "a control asks for tokens, and tokens of so few values would tell them"
    case notEligible = "the workspace is not eligible: nothing classified leaves it in clear"
  }

  package init(_ action: KeyAction, _ reason: Reason) {
    self.action = action
    self.reason = reason
  }
}
