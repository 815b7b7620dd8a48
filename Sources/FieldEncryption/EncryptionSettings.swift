/// The encryption of one destination: a plain document; every change is a new value.
///
/// No change touches what was encrypted before it. Whether a name is a yellow matcher is Privacy's to
/// say, not checked here.
package struct EncryptionSettings: Codable, Sendable, Equatable {
  package var enabled: Bool
  /// Names of matchers, in the order they were added, none twice.
  package var fields: [String]
  package var format: EncryptionFormat
  /// Kept while encryption is off, so that the owner still knows which key opens what.
  package var activeKey: EncryptionKeyRecord?
  /// From the oldest to the newest.
  package var retiredKeys: [EncryptionKeyRecord]

  package init(
    enabled: Bool = false, fields: [String] = [], format: EncryptionFormat = .auto,
    activeKey: EncryptionKeyRecord? = nil, retiredKeys: [EncryptionKeyRecord] = []
  ) {
    self.enabled = enabled
    self.fields = fields
    self.format = format
    self.activeKey = activeKey
    self.retiredKeys = retiredKeys
  }
}

// MARK: - Changes

extension EncryptionSettings {
  /// Encryption on, for these fields.
  ///
  /// - Parameters:
  ///   - fields: empty means those that were encrypted before it was disabled.
  ///   - format: nil keeps the present one.
  ///   - key: nil means the key that was active before; another one retires that.
  ///   - time: RFC 3339.
  package func enabled(
    fields: [String], format: EncryptionFormat?, key: EncryptionKeyRecord?, at time: String
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard !enabled else { throw .alreadyEnabled }
    var new = self
    if let key, key.kid != activeKey?.kid { try new.replaceKey(by: key, at: time) }
    guard new.activeKey != nil else { throw .noKey }
    if !fields.isEmpty {
      new.fields = []
      try new.append(fields)
    }
    guard !new.fields.isEmpty else { throw .noFields }
    new.format = format ?? self.format
    new.enabled = true
    return new
  }

  /// The key in force from now on; the one before stays listed as retired.
  package func rotatedKey(
    to key: EncryptionKeyRecord, at time: String
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    guard key.kid != activeKey?.kid else { throw .keyAlreadyActive(kid: key.kid) }
    var new = self
    try new.replaceKey(by: key, at: time)
    return new
  }

  /// These fields as well.
  package func addingFields(
    _ names: [String]
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    try new.append(names)
    return new
  }

  /// Without these fields; at least one must be left.
  package func removingFields(
    _ names: [String]
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    for name in names {
      guard let index = new.fields.firstIndex(of: name) else { throw .fieldNotEncrypted(name) }
      guard new.fields.count > 1 else { throw .lastField(name) }
      new.fields.remove(at: index)
    }
    return new
  }

  /// Another form for what comes; the key stays.
  package func changingFormat(
    to format: EncryptionFormat
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    new.format = format
    return new
  }

  /// Encryption off: what comes is sent as it is; key and fields stay listed.
  package func disabled() throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    new.enabled = false
    return new
  }

  private mutating func append(_ names: [String]) throws(FieldEncryptionError) {
    for name in names {
      guard !fields.contains(name) else { throw .fieldAlreadyEncrypted(name) }
      fields.append(name)
    }
  }

  private mutating func replaceKey(
    by key: EncryptionKeyRecord, at time: String
  ) throws(FieldEncryptionError) {
    guard !retiredKeys.contains(where: { $0.kid == key.kid }) else {
      throw .keyWasRetired(kid: key.kid)
    }
    if var old = activeKey {
      old.retiredAt = time
      retiredKeys.append(old)
    }
    activeKey = key
  }
}
