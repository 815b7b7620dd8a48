internal import AuditLog
internal import Eligibility

extension Workspace {
  /// The most settings and secrets that one destination may have, each.
  package static let maximumSettings = 64

  /// Adds a destination, not enabled yet.
  ///
  /// - Parameters:
  ///   - adapter: the product id of an installed adapter.
  ///   - settings: see ``SettingValue/init(typed:)``; whether they suit the adapter is its to say.
  ///   - secrets: 1 to 65,536 bytes each; sealed under the storage key, never in a document.
  /// - Throws: `badDestinationID`, `destinationExists`, `adapterNotInstalled`, `refused`,
  ///   `badSettingName`, `badSecret`, `tooManySettings`.
  package func addDestination(
    _ id: String, adapter product: String, settings: [String: SettingValue] = [:],
    secrets: [String: [UInt8]] = [:], as actor: String? = nil
  ) throws(WorkspaceError) {
    guard Names.isDestinationID(id) else {
      throw .badDestinationID(String(id.prefix(64).filter { $0.isASCII }))
    }
    try change(
      .destinationCreated, ConfigurationObject.destination(id), as: actor, of: Destination.self
    ) { (present) throws(WorkspaceError) in
      guard present == nil else { throw .destinationExists(id) }
      _ = try adapter(product)
      try require(decideNew(product: product), for: ConfigurationObject.destination(id))
      let empty = Destination(id: id, adapter: product, settings: [:], createdAt: Timestamp.now)
      var change = try modified(empty, settings: settings, removing: [], secrets: secrets)
      change.changes.insert(AuditChange(setting: "adapter", old: "", new: product), at: 0)
      return change
    }
  }

  /// Sets, adds and removes settings and secrets of a destination; a running host takes them at its next start.
  ///
  /// - Parameter removing: names of settings or secrets; a name that is not there is no error.
  package func setDestination(
    _ id: String, settings: [String: SettingValue] = [:], removing: [String] = [],
    secrets: [String: [UInt8]] = [:], as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeDestination(id, .destinationModified, as: actor) {
      (old) throws(WorkspaceError) in
      try modified(old, settings: settings, removing: removing, secrets: secrets)
    }
  }

  /// Says how long a string may be that it keeps whole, beside what its adapter says; the smaller counts.
  ///
  /// - Parameter maximum: in characters, 1 or more; nil: no limit of its own.
  package func setMaximumStringLength(
    _ maximum: Int?, of id: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeDestination(id, .destinationModified, as: actor) { (old) throws(WorkspaceError) in
      var new = old
      new.maximumStringLength = maximum
      return Change(
        document: new,
        changes: AuditedValues.difference(
          [("maximum_string_length", old.maximumStringLength.map(String.init) ?? "")],
          [("maximum_string_length", maximum.map(String.init) ?? "")]))
    }
  }

  /// Lets the host send to it; throws `refused` with the reason when the workspace or the product may not.
  package func enableDestination(_ id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeDestination(id, .destinationEnabled, as: actor) { (old) throws(WorkspaceError) in
      _ = try adapter(old.adapter)
      try require(decideNew(product: old.adapter), for: ConfigurationObject.destination(id))
      return switched(old, to: true)
    }
  }

  /// Keeps it from running until somebody has looked at it; the others run on.
  package func quarantineDestination(
    _ id: String, reason: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    // What is configured is the origin's: a replica's run keeps it from running as long as that says the same.
    guard !isReplica else {
      return try record(
        .destinationQuarantined, object: ConfigurationObject.destination(id),
        changes: [AuditedValues.change("quarantined", "", reason)], as: actor)
    }
    try changeDestination(id, .destinationQuarantined, as: actor) { (old) throws(WorkspaceError) in
      var new = old
      new.quarantined = Quarantine(since: Timestamp.now, reason: String(reason.prefix(500)))
      return Change(document: new, changes: old.quarantineDifference(to: new))
    }
  }

  /// Lets it run again; false when it was not quarantined.
  package func releaseDestination(
    _ id: String, as actor: String? = nil
  ) throws(WorkspaceError) -> Bool {
    guard try destination(id).quarantined != nil else { return false }
    try changeDestination(id, .destinationReconciled, as: actor) { (old) throws(WorkspaceError) in
      var new = old
      new.quarantined = nil
      return Change(document: new, changes: old.quarantineDifference(to: new))
    }
    return true
  }

  package func disableDestination(_ id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeDestination(id, .destinationDisabled, as: actor) { (old) throws(WorkspaceError) in
      switched(old, to: false)
    }
  }

  /// Removes a destination with its secrets; its dead letters stay.
  package func removeDestination(_ id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeDestination(id, .destinationRemoved, as: actor) { (old) throws(WorkspaceError) in
      let vault = vault(of: id)
      return Change(
        document: nil,
        changes: [AuditChange(setting: "adapter", old: old.adapter, new: "")],
        cleanUp: { vault.forget(old.secrets.values) })
    }
  }

  /// The secret's bytes, for the adapter; throws `secretDamaged` when the file is not the one that was sealed.
  package func secrets(of destination: Destination) throws(WorkspaceError) -> [String: [UInt8]] {
    let vault = vault(of: destination.id)
    var secrets: [String: [UInt8]] = [:]
    for (name, file) in destination.secrets {
      secrets[name] = try vault.open(name, file: file)
    }
    return secrets
  }
}

// MARK: - How a destination changes

extension Workspace {
  func changeDestination(
    _ id: String, _ type: AuditEventType, as actor: String?,
    _ make: (Destination) throws(WorkspaceError) -> Change<Destination>
  ) throws(WorkspaceError) {
    guard Names.isDestinationID(id) else {
      throw .badDestinationID(String(id.prefix(64).filter { $0.isASCII }))
    }
    try change(type, ConfigurationObject.destination(id), as: actor, of: Destination.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .noSuchDestination(id) }
      return try make(old)
    }
  }

  func require(
    _ decision: EligibilityDecision, for object: String
  ) throws(WorkspaceError) {
    guard decision.allowed else { throw .refused(object: object, decision) }
  }

  private func switched(_ old: Destination, to enabled: Bool) -> Change<Destination> {
    var new = old
    new.enabled = enabled
    if enabled { new.quarantined = nil }
    return Change(
      document: new,
      changes: AuditedValues.difference(
        [("enabled", String(old.enabled))], [("enabled", String(enabled))])
        + old.quarantineDifference(to: new))
  }

  private func modified(
    _ old: Destination, settings: [String: SettingValue], removing: [String],
    secrets: [String: [UInt8]]
  ) throws(WorkspaceError) -> Change<Destination> {
    try check(settings, secrets)
    var new = old
    new.settings.merge(settings) { $1 }
    for name in removing { new.settings[name] = nil }
    for name in removing { new.secrets[name] = nil }
    for name in secrets.keys { new.secrets[name] = SecretVault.newFileName(for: name) }
    guard max(new.settings.count, new.secrets.count) <= Self.maximumSettings else {
      throw .tooManySettings(old.id, maximum: Self.maximumSettings)
    }
    let vault = vault(of: old.id)
    let files = new.secrets
    let dropped = old.secrets.values.filter { !files.values.contains($0) }
    return Change(
      document: new, changes: old.difference(to: new),
      prepare: { () throws(WorkspaceError) in
        for (name, secret) in secrets {
          try vault.seal(secret, name, toNewFile: files[name] ?? "")
        }
      }, cleanUp: { vault.forget(dropped) })
  }

  private func check(
    _ settings: [String: SettingValue], _ secrets: [String: [UInt8]]
  ) throws(WorkspaceError) {
    let own = settings.keys.filter { !$0.hasPrefix(HostSetting.prefix) }
    for name in settings.keys.sorted() where name.hasPrefix(HostSetting.prefix) {
      if let value = settings[name] { try HostSetting.check(name, value) }
    }
    for name in (own + Array(secrets.keys)).sorted()
    where !Names.isSettingName(name) {
      throw .badSettingName(String(name.prefix(64).filter { $0.isASCII }))
    }
    for (name, secret) in secrets
    where !(1...SecretVault.maximumLength).contains(secret.count) { throw .badSecret(name) }
  }

  private func vault(of id: String) -> SecretVault {
    SecretVault(layout: layout, workspaceID: self.id, destinationID: id)
  }
}

extension Destination {
  fileprivate func quarantineDifference(to new: Destination) -> [AuditChange] {
    AuditedValues.difference(
      [("quarantined", quarantined?.reason ?? "")], [("quarantined", new.quarantined?.reason ?? "")]
    )
  }

  /// The settings as they were and are; of a secret only that it changed.
  fileprivate func difference(to new: Destination) -> [AuditChange] {
    let settings = AuditedValues.difference(
      self.settings.map { ("settings.\($0.key)", $0.value.json) },
      new.settings.map { ("settings.\($0.key)", $0.value.json) })
    let names = Set(secrets.keys).union(new.secrets.keys).sorted()
    return settings
      + names.filter { secrets[$0] != new.secrets[$0] }.map { name in
        AuditChange(
          setting: "secrets.\(name)", old: secrets[name] == nil ? "" : "(secret)",
          new: new.secrets[name] == nil ? "" : "(secret)")
      }
  }
}
