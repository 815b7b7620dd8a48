internal import AuditLog
package import Cryptography
package import FieldEncryption
internal import Privacy

// MARK: - The encryption of one destination; no change touches what was encrypted before it

extension Workspace {
  /// Turns encryption on.
  ///
  /// - Parameters:
  ///   - fields: names of yellow matchers; empty means those from before it was disabled.
  ///   - format: nil keeps the present one.
  ///   - key: nil means the one that was active before.
  /// - Throws: `privacy`, `encryption`, `refused`, `cryptography`.
  package func enableEncryption(
    of id: String, fields: [String], format: EncryptionFormat? = nil, key: RSAPublicKey?,
    origin: EncryptionKeyRecord.Origin = .imported, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionEnabled, as: actor) {
      (destination) throws(WorkspaceError) in
      try require(
        decide(product: destination.adapter), for: ConfigurationObject.destination(id))
      let names = try matcherNames(fields)
      let now = Timestamp.now
      let record = key.map { EncryptionKeyRecord(key: $0, activatedAt: now, origin: origin) }
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.enabled(fields: names, format: format, key: record, at: now)
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

  /// Encrypts to another key from the next event on; the present one stays listed as retired.
  package func rotateKey(
    of id: String, to key: RSAPublicKey, origin: EncryptionKeyRecord.Origin,
    as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeEncryption(of: id, .encryptionKeyRotated, as: actor) {
      (destination) throws(WorkspaceError) in
      let now = Timestamp.now
      let record = EncryptionKeyRecord(key: key, activatedAt: now, origin: origin)
      return try encryption { () throws(FieldEncryptionError) in
        try destination.encryption.rotatedKey(to: record, at: now)
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

// MARK: - Helpers

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

  private func encryption(
    _ body: () throws(FieldEncryptionError) -> EncryptionSettings
  ) throws(WorkspaceError) -> EncryptionSettings {
    try rethrowing(WorkspaceError.encryption, body)
  }
}
