/// The encryption of one destination: a plain document; every change is a new value.
///
/// No change touches what was encrypted before it. Whether a name is a yellow matcher is Privacy's to
/// say, not checked here.
package struct EncryptionSettings: Codable, Sendable, Equatable {
  package var enabled: Bool
  /// Names of matchers, in the order they were added, none twice.
  package var fields: [String]
  package var format: EncryptionFormat
  /// Fields that go out as tokens instead; none of ``fields`` is among them.
  package var tokens: TokenSettings?
  /// Kept while encryption is off, so that the owner still knows which key opens what.
  package var activeKey: EncryptionKeyRecord?
  /// Takes the active key's place when its challenge has been answered.
  ///
  /// Without an active key nothing can be sealed meanwhile, and nothing is sent.
  package var pendingKey: PendingKey?
  /// From the oldest to the newest.
  package var retiredKeys: [EncryptionKeyRecord]

  package init(
    enabled: Bool = false, fields: [String] = [], format: EncryptionFormat = .auto,
    tokens: TokenSettings? = nil, activeKey: EncryptionKeyRecord? = nil,
    pendingKey: PendingKey? = nil, retiredKeys: [EncryptionKeyRecord] = []
  ) {
    self.enabled = enabled
    self.fields = fields
    self.format = format
    self.tokens = tokens
    self.activeKey = activeKey
    self.pendingKey = pendingKey
    self.retiredKeys = retiredKeys
  }
}

// MARK: - What is selected

extension EncryptionSettings {
  /// Every field that does not go out in clear while encryption is on.
  package var selectedFields: [String] { fields + tokenizedFields }

  /// On, and nothing can be sealed: its only key is pending.
  package var isWaitingForKey: Bool { enabled && activeKey == nil }

  package var tokenizedFields: [String] { tokens?.fields ?? [] }
}

// MARK: - Changes

extension EncryptionSettings {
  /// Encryption on, for these fields.
  ///
  /// - Parameters:
  ///   - fields: empty means those that were encrypted before it was disabled.
  ///   - format: nil keeps the present one.
  ///   - key: nil means the key that was there before; another one replaces that when it is active.
  ///   - time: RFC 3339.
  package func enabled(
    fields: [String], format: EncryptionFormat?, key: NewKey?, at time: String
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard !enabled else { throw .alreadyEnabled }
    var new = self
    if let key, key.kid != activeKey?.kid { try new.take(key, at: time) }
    guard new.activeKey != nil || new.pendingKey != nil else { throw .noKey }
    if !fields.isEmpty {
      new.fields = []
      try new.append(fields)
    }
    guard !new.selectedFields.isEmpty else { throw .noFields }
    new.format = format ?? self.format
    new.enabled = true
    return new
  }

  /// Another key: in force from now on if it is proved, else pending; the one before is then retired.
  package func rotatedKey(
    to key: NewKey, at time: String
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    guard key.kid != activeKey?.kid else { throw .keyAlreadyActive(kid: key.kid) }
    var new = self
    try new.take(key, at: time)
    return new
  }

  /// The pending key in force from now on.
  ///
  /// - Parameters:
  ///   - key: the one whose challenge was looked at; another one may be pending by now.
  ///   - isRight: what ``PendingKey/isAnswered(by:)`` said of the answer.
  package func confirming(
    _ key: PendingKey?, isRight: Bool, at time: String
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard let pendingKey, let key else { throw .noPendingKey }
    guard isRight, key == pendingKey else { throw .wrongAnswer(kid: pendingKey.kid) }
    var new = self
    new.activate(EncryptionKeyRecord(answered: pendingKey, activatedAt: time), at: time)
    return new
  }

  /// Without the key that is pending: nothing was encrypted to it, so nothing depends on it.
  package func withdrawingPendingKey() throws(FieldEncryptionError) -> EncryptionSettings {
    guard let pendingKey else { throw .noPendingKey }
    guard !isWaitingForKey else { throw .onlyKeyPending(kid: pendingKey.kid) }
    var new = self
    new.pendingKey = nil
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

  /// These fields as tokens.
  ///
  /// - Parameter scope: nil means the present one, the destination's own at first; one key serves all tokens of a
  ///   destination, so another scope is refused while there are some.
  package func addingTokenizedFields(
    _ names: [String], scope: TokenSettings.Scope?
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    if let present = tokens?.scope, let scope, scope != present {
      throw .tokenScopeDiffers(present)
    }
    var new = self
    new.tokens = tokens ?? TokenSettings(fields: [], scope: scope ?? .destination)
    for name in names {
      try new.checkIsNew(name)
      new.tokens?.fields.append(name)
    }
    return new
  }

  /// Without these fields, encrypted or tokens; at least one must be left.
  package func removingFields(
    _ names: [String]
  ) throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    for name in names {
      guard new.selectedFields.contains(name) else { throw .fieldNotEncrypted(name) }
      guard new.selectedFields.count > 1 else { throw .lastField(name) }
      new.fields.removeAll { $0 == name }
      new.tokens?.fields.removeAll { $0 == name }
    }
    if new.tokenizedFields.isEmpty { new.tokens = nil }
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

  /// Encryption off: what comes is sent as it is; keys and fields stay listed.
  package func disabled() throws(FieldEncryptionError) -> EncryptionSettings {
    guard enabled else { throw .notEnabled }
    var new = self
    new.enabled = false
    return new
  }
}

// MARK: - Parts

extension EncryptionSettings {
  private mutating func append(_ names: [String]) throws(FieldEncryptionError) {
    for name in names {
      try checkIsNew(name)
      fields.append(name)
    }
  }

  private func checkIsNew(_ name: String) throws(FieldEncryptionError) {
    guard !fields.contains(name) else { throw .fieldAlreadyEncrypted(name) }
    guard !tokenizedFields.contains(name) else { throw .fieldAlreadyTokenized(name) }
  }

  private mutating func take(_ key: NewKey, at time: String) throws(FieldEncryptionError) {
    guard !retiredKeys.contains(where: { $0.kid == key.kid }) else {
      throw .keyWasRetired(kid: key.kid)
    }
    guard let proof = key.proof else { return try awaitAnswer(key, at: time) }
    activate(
      EncryptionKeyRecord(key: key.key, activatedAt: time, origin: key.origin, proof: proof),
      at: time)
  }

  /// Nothing was ever encrypted to a key that was pending before: it is forgotten.
  private mutating func awaitAnswer(_ key: NewKey, at time: String) throws(FieldEncryptionError) {
    guard key.kid != pendingKey?.kid else { throw .keyAlreadyPending(kid: key.kid) }
    do { pendingKey = try PendingKey(key, addedAt: time) } catch { throw .challengeNotMade }
  }

  private mutating func activate(_ key: EncryptionKeyRecord, at time: String) {
    if var old = activeKey {
      old.retiredAt = time
      retiredKeys.append(old)
    }
    activeKey = key
    pendingKey = nil
  }
}
