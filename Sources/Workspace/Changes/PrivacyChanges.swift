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

  /// The matcher goes by another key too; a default one is overridden by a custom one.
  package func add(
    synonym: String, toMatcher name: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changePrivacy(.matcherModified, as: actor) { (settings) throws(PrivacyError) in
      try settings.addingSynonym(synonym, to: name)
    }
  }

  package func remove(
    synonym: String, fromMatcher name: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changePrivacy(.matcherModified, as: actor) { (settings) throws(PrivacyError) in
      try settings.removingSynonym(synonym, from: name)
    }
  }

  /// Adds the matchers of the Safe Harbor preset that are not there yet; gives how many it added.
  @discardableResult
  package func addSafeHarbor(as actor: String? = nil) throws(WorkspaceError) -> Int {
    let before = privacy.customMatchers.count
    try changePrivacy(.matcherCreated, as: actor) { (settings) throws(PrivacyError) in
      try settings.addingSafeHarbor()
    }
    return privacy.customMatchers.count - before
  }

  /// Classifies a key that was seen: an exact custom matcher of its name.
  package func classify(
    key: String, as classification: Classification, by actor: String? = nil
  ) throws(WorkspaceError) {
    try changePrivacy(.inboxClassified, as: actor) { (settings) throws(PrivacyError) in
      try settings.adding(Matcher(name: key, classification: classification))
    }
  }

  /// Sets what happens to a source's red and yellow keys, wherever they go.
  package func control(
    source: String, by controls: Controls, as actor: String? = nil
  ) throws(WorkspaceError) {
    guard Names.isSourceID(source) else {
      throw .badSourceID(String(source.prefix(64).filter { $0.isASCII }))
    }
    try requireEligible(controls, object: "source/\(source)")
    try changePrivacy(.controlModified, as: actor) { (settings) throws(PrivacyError) in
      try settings.controlling(source: source, by: controls)
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
        guard let matcher = privacy.matcher(named: field), matcher.isExact,
          matcher.classification == .yellow
        else {
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
        matcher.name,
        ([matcher.classification.rawValue] + matcher.kind.audited + synonyms)
          .joined(separator: ": ")
      )
    } + (sourceControls ?? [:]).map { ("source \($0.key)", $0.value.audited) }
  }
}

extension Matcher.Kind {
  fileprivate var audited: [String] {
    switch self {
    case .exact: []
    case .similar: ["similar"]
    case .value(let pattern): ["value \(pattern)"]
    }
  }
}
