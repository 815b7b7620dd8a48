internal import EventJSON

/// What decides about the keys on their way from one source to one destination.
///
/// The table is decision 3 of the module's notes; every row of it is a test.
package struct DestinationPolicy: Sendable {
  package var source: Controls
  package var destination: Controls
  /// Names of matchers that the destination encrypts; empty while its encryption is off.
  package var encryptedFields: [String]
  /// Names of matchers that the destination tokenises.
  package var tokenizedFields: [String]
  /// Whether the workspace may handle PHI; if not, nothing red or yellow leaves it in clear.
  package var isEligible: Bool

  package init(
    source: Controls = Controls(), destination: Controls = Controls(),
    encryptedFields: [String] = [], tokenizedFields: [String] = [], isEligible: Bool
  ) {
    self.source = source
    self.destination = destination
    self.encryptedFields = encryptedFields
    self.tokenizedFields = tokenizedFields
    self.isEligible = isEligible
  }

  /// What is done with the keys of a matcher; one that only detects decides nothing: its keys pass.
  package func decision(for matcher: Matcher) -> KeyDecision {
    guard matcher.classification != .green else { return KeyDecision(.pass, .green) }
    // The most restrictive wins; of equals, the one that stands first gives the reason.
    return candidates(for: matcher).reduce(KeyDecision(.pass, .allowed)) { first, second in
      second.action.restrictiveness > first.action.restrictiveness ? second : first
    }
  }

  /// What is done with every key of the matchers in force: folded key → its matcher's decision.
  package func decisions(_ settings: PrivacySettings) -> [String: KeyDecision] {
    settings.all.filter(\.isExact).reduce(into: [:]) { decisions, matcher in
      let decision = decision(for: matcher)
      for key in matcher.foldedKeys { decisions[key] = decision }
    }
  }

  private func candidates(for matcher: Matcher) -> [KeyDecision] {
    var candidates: [KeyDecision] = []
    if encryptedFields.contains(where: matcher.isNamed) {
      candidates.append(KeyDecision(.encrypt, .encryptedField))
    }
    if tokenizedFields.contains(where: matcher.isNamed) {
      candidates.append(KeyDecision(.tokenize, .tokenizedField))
    }
    if let control = source.control(of: matcher.classification) {
      candidates.append(KeyDecision(control.action, .sourceControl))
    }
    if let control = destination.control(of: matcher.classification) {
      candidates.append(KeyDecision(control.action, .destinationControl))
    } else if matcher.classification == .red {
      candidates.append(KeyDecision(.remove, .redByDefault))
    }
    // Only what would otherwise pass is removed: a ciphertext is not in clear.
    if !isEligible, candidates.allSatisfy({ $0.action == .pass }) {
      candidates.append(KeyDecision(.remove, .notEligible))
    }
    return candidates
  }
}

extension Control {
  fileprivate var action: KeyAction {
    switch self {
    case .allow: .pass
    case .tokenize: .tokenize
    case .encrypt: .encrypt
    case .block: .remove
    }
  }
}

extension KeyAction {
  fileprivate var restrictiveness: Int {
    switch self {
    case .pass: 0
    case .tokenize: 1
    case .encrypt: 2
    case .remove: 3
    }
  }
}
