internal import AuditLog
package import Cryptography
internal import Eligibility
package import FieldEncryption
internal import Privacy

// MARK: - The encryption of one destination; no change touches what was encrypted before it

extension Workspace {
  /// Turns encryption on.
  ///
  /// - Parameters:
  ///   - fields: names of yellow matchers; empty means those from before it was disabled.
  ///   - format: nil keeps the present one.
  ///   - key: nil means the one that was there before.
  /// - Throws: `privacy`, `encryption`, `refused`, `cryptography`.
  package func enableEncryption(
    of id: String, fields: [String], format: EncryptionFormat? = nil, key: NewKey?,
    as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionEnabled, as: actor) {
      (destination) throws(WorkspaceError) in
      let object = ConfigurationObject.destination(id)
      try require(decide(product: destination.adapter), for: object)
      try require(settings.standing.decide(on: .today), for: object)
      let names = try matcherNames(fields)
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.enabled(
          fields: names, format: format, key: key, at: Timestamp.now)
      }
    }
  }

  /// Encrypts these fields as well, from the next event on.
  package func addEncryptedFields(
    _ fields: [String], to id: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionFieldsModified, as: actor) {
      (destination) throws(WorkspaceError) in
      let names = try matcherNames(fields)
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.addingFields(names)
      }
    }
  }

  /// Sends these fields as tokens, from the next event on.
  ///
  /// - Parameters:
  ///   - scope: nil means the present one, the destination's own at first.
  ///   - allowingLowCardinality: without it `lowCardinality` is thrown for a field that has few values.
  package func addTokenizedFields(
    _ fields: [String], to id: String, scope: TokenSettings.Scope? = nil,
    allowingLowCardinality: Bool = false, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionFieldsModified, as: actor) {
      (destination) throws(WorkspaceError) in
      let names = try matcherNames(fields)
      if !allowingLowCardinality, let few = names.first(where: hasLowCardinality) {
        throw .lowCardinality(few)
      }
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.addingTokenizedFields(names, scope: scope)
      }
    }
  }

  /// Sends these fields in clear from the next event on; at least one is left.
  package func removeEncryptedFields(
    _ fields: [String], from id: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionFieldsModified, as: actor) {
      (destination) throws(WorkspaceError) in
      let names = fields.map { privacy.matcher(named: $0)?.name ?? $0 }
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.removingFields(names)
      }
    }
  }

  /// Another key: in force from the next event on if it is proved, else pending; see ``EncryptionSettings``.
  package func rotateKey(
    of id: String, to key: NewKey, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, key.rotationEvent, as: actor) {
      (destination) throws(WorkspaceError) in
      try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.rotatedKey(to: key, at: Timestamp.now)
      }
    }
  }

  /// Makes the pending key the active one; a wrong answer is recorded as denied.
  ///
  /// Throws `encryption` with `noPendingKey` or `wrongAnswer`.
  package func answerChallenge(
    of id: String, with answer: borrowing SecretBytes, as actor: String? = nil
  ) throws(WorkspaceError) {
    // A closure that is handed on cannot capture what must not be copied: the answer is looked at first.
    let pending = try destination(id).encryption.pendingKey
    let isRight = pending?.isAnswered(by: answer) ?? false
    try changeEncryption(of: id, .encryptionKeyConfirmed, as: actor) {
      (destination) throws(WorkspaceError) in
      try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.confirming(pending, isRight: isRight, at: Timestamp.now)
      }
    }
  }

  /// Forgets the pending key; the active one stays in use.
  ///
  /// Throws `encryption` with `noPendingKey` or `onlyKeyPending`.
  package func withdrawPendingKey(of id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionKeyWithdrawn, as: actor) {
      (destination) throws(WorkspaceError) in
      try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.withdrawingPendingKey()
      }
    }
  }

  package func changeEncryptionFormat(
    of id: String, to format: EncryptionFormat, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionFormatModified, as: actor) {
      (destination) throws(WorkspaceError) in
      try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.changingFormat(to: format)
      }
    }
  }

  /// Turns encryption off: what comes is sent in clear; key and fields stay listed.
  package func disableEncryption(of id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionDisabled, as: actor) {
      (destination) throws(WorkspaceError) in
      try encryption { () throws(FieldEncryptionError) in try destination.encryption.disabled() }
    }
  }

  /// What a destination sends as tokens: folded key → name of its matcher; empty while its encryption is off.
  package func tokenizedKeys(
    of destination: Destination
  ) throws(WorkspaceError) -> [String: String] {
    guard destination.encryption.enabled else { return [:] }
    return try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in
      try privacy.encryptableKeys(for: destination.encryption.tokenizedFields)
    }
  }

  /// The key of a destination's tokens: its own, or the workspace's when its settings say so.
  ///
  /// Throws `cryptography` when the storage key cannot be read.
  package func tokenKey(of destination: Destination) throws(WorkspaceError) -> TokenKey {
    let scope = destination.encryption.tokens?.scope ?? .destination
    let whose = scope == .workspace ? "" : "\u{0}\(destination.id)"
    let root = try StorageKey.derived(layout, for: "sealpost field token 1\u{0}\(id)\(whose)")
    return try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try TokenKey(root: root)
    }
  }

  /// What a destination encrypts: folded key → name of its matcher; empty while its encryption is off.
  package func encryptedKeys(
    of destination: Destination
  ) throws(WorkspaceError) -> [String: String] {
    guard destination.encryption.enabled else { return [:] }
    return try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in
      try privacy.encryptableKeys(for: destination.encryption.fields)
    }
  }
}

// MARK: - Parts

extension NewKey {
  fileprivate var rotationEvent: AuditEventType {
    if proof != nil { return .encryptionKeyRotated }
    return origin == .generated ? .encryptionKeysGenerated : .encryptionKeyImported
  }
}

extension Workspace {
  private func changeEncryption(
    of id: String, _ type: AuditEventType, as actor: String?,
    _ body: (Destination) throws(WorkspaceError) -> EncryptionSettings
  ) throws(WorkspaceError) {
    try changeDestination(id, type, as: actor) { (old) throws(WorkspaceError) in
      var new = old
      new.encryption = try body(old)
      return Change(
        document: new,
        changes: AuditedValues.difference(old.encryption, new.encryption))
    }
  }

  /// The names as their matchers write them; only of yellow matchers.
  private func matcherNames(_ fields: [String]) throws(WorkspaceError) -> [String] {
    try rethrowing(WorkspaceError.privacy) { () throws(PrivacyError) in
      _ = try privacy.encryptableKeys(for: fields)
    }
    return fields.map { privacy.matcher(named: $0)?.name ?? $0 }
  }

  /// By the matcher's name or any of its keys, whatever its classification.
  private func hasLowCardinality(_ name: String) -> Bool {
    let keys = privacy.matcher(named: name)?.foldedKeys ?? []
    return keys.contains(where: LowCardinality.contains)
  }

  private func encryption(
    _ body: () throws(FieldEncryptionError) -> EncryptionSettings
  ) throws(WorkspaceError) -> EncryptionSettings {
    try rethrowing(WorkspaceError.encryption, body)
  }
}
