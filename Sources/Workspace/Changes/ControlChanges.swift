internal import AuditLog
internal import Eligibility
internal import FieldEncryption
package import Privacy

// MARK: - Controls

extension Workspace {
  /// Sets what happens to red and yellow keys on their way to a destination.
  ///
  /// Throws `encryptionOff` for a control that encrypts where the destination has no key to encrypt with.
  package func control(
    destination id: String, by controls: Controls, as actor: String? = nil
  ) throws(WorkspaceError) {
    try requireEligible(controls, object: ConfigurationObject.destination(id))
    try changeDestination(id, .controlModified, as: actor) { (old) throws(WorkspaceError) in
      guard !controls.encrypts || old.encryption.enabled else { throw .encryptionOff(id) }
      var new = old
      new.controls = controls.isEmpty ? nil : controls
      return Change(
        document: new,
        changes: [
          AuditedValues.change(
            "controls", (old.controls ?? Controls()).audited, controls.audited)
        ])
    }
  }

  /// What decides about the keys on their way from a source to a destination.
  package func policy(
    from source: String, to destination: Destination
  ) -> DestinationPolicy {
    DestinationPolicy(
      source: privacy.controls(ofSource: source),
      destination: destination.controls ?? Controls(),
      encryptedFields: destination.encryption.enabled ? destination.encryption.fields : [],
      tokenizedFields: destination.encryption.enabled
        ? destination.encryption.tokenizedFields : [],
      isEligible: settings.standing.decide(on: .today).allowed)
  }

  /// What is done with every key of a matcher in force: folded key → decision.
  ///
  /// Throws `privacy` when a field that the destination encrypts is no exact yellow matcher, or two share a key.
  package func decisions(
    from source: String, to destination: Destination
  ) throws(WorkspaceError) -> [String: KeyDecision] {
    _ = try encryptedKeys(of: destination)
    _ = try tokenizedKeys(of: destination)
    return Dictionary(
      uniqueKeysWithValues: policy(from: source, to: destination).decisions(privacy).map {
        key, decision in
        // A control is no choice of this field: tokens of few values would tell them.
        let isRevealing =
          decision.action == .tokenize && decision.reason != .tokenizedField
          && LowCardinality.contains(key)
        return (key, isRevealing ? KeyDecision(.remove, .fewValues) : decision)
      })
  }

  /// A workspace that is not eligible sends nothing classified in clear, so it does not take `allow`.
  func requireEligible(_ controls: Controls, object: String) throws(WorkspaceError) {
    guard controls.red == .allow || controls.yellow == .allow else { return }
    let standing = settings.standing.decide(on: .today)
    guard standing.allowed else { throw .refused(object: object, standing) }
  }
}

extension Controls {
  /// As the audit log tells it.
  var audited: String {
    "red=\(red?.rawValue ?? "default") yellow=\(yellow?.rawValue ?? "default")"
  }

  fileprivate var encrypts: Bool { red == .encrypt || yellow == .encrypt }
}
