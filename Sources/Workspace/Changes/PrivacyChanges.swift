internal import AuditLog
internal import FieldEncryption
package import Privacy

// MARK: - Matchers

extension Workspace {
  /// Adds a custom matcher, or puts it in place of one of the same name.
  package func add(matcher: Matcher, as actor: String? = nil) throws(WorkspaceError) {
    try changePrivacy(.matcherCreated, as: actor) { (settings) throws(PrivacyError) in
      try settings.adding(matcher)
    }
  }

  package func removeMatcher(_ name: String, as actor: String? = nil) throws(WorkspaceError) {
    try changePrivacy(.matcherRemoved, as: actor) { (settings) throws(PrivacyError) in
      try settings.removing(name)
    }
  }

  /// Classifies a matcher anew; a default one is overridden by a custom one with its synonyms.
  package func classify(
    matcher name: String, as classification: Classification, by actor: String? = nil
  ) throws(WorkspaceError) {
    try changePrivacy(.matcherModified, as: actor) { (settings) throws(PrivacyError) in
      try settings.classifying(name, as: classification)
    }
  }

  /// Refuses what would take a field of an encrypting destination from under it.
  private func changePrivacy(
    _ type: AuditEventType, as actor: String?,
    _ body: (PrivacySettings) throws(PrivacyError) -> PrivacySettings
  ) throws(WorkspaceError) {
    let path = "\(layout.root)/privacy.json"
    try change(type, ConfigurationObject.privacy, as: actor, of: PrivacySettings.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .notAFile(path: path) }
      let new = try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in
        try body(old)
      }
      try checkFields(of: destinations(), against: new)
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }

  private func checkFields(
    of destinations: [Destination], against privacy: PrivacySettings
  ) throws(WorkspaceError) {
    for destination in destinations where destination.encryption.enabled {
      for field in destination.encryption.selectedFields {
        guard privacy.matcher(named: field)?.classification == .yellow else {
          throw .matcherInUse(field, destination: destination.id)
        }
      }
    }
  }
}

extension PrivacySettings {
  fileprivate var audited: [(String, String)] {
    customMatchers.map { matcher in
      let synonyms = matcher.synonyms.isEmpty ? [] : [matcher.synonyms.joined(separator: ", ")]
      return (
        matcher.name, ([matcher.classification.rawValue] + synonyms).joined(separator: ": ")
      )
    }
  }
}
