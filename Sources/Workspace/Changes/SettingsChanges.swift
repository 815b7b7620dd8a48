internal import AuditLog
internal import Cryptography
package import Eligibility

// MARK: - The workspace itself

extension Workspace {
  package func rename(to name: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { (settings) throws(WorkspaceError) in
      guard Self.isName(name) else { throw .badName(String(name.prefix(100))) }
      settings.name = name
    }
  }

  /// How much of the adapters' sandbox must hold.
  package func setSandbox(
    _ requirement: SandboxRequirement, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { $0.sandbox = requirement }
  }

  /// Whether only signed adapters are taken.
  package func setAdapterSignatures(
    _ signatures: AdapterSignatures, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { $0.adapterSignatures = signatures }
  }

  /// Memory of each adapter's process, in MiB.
  package func setWorkerMemory(_ size: Int, as actor: String? = nil) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { $0.workerMemory = size }
  }

  /// Minutes without a command that end a session; throws `badTimeout`.
  package func setSessionMinutes(
    _ minutes: Int, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { (settings) throws(WorkspaceError) in
      guard (1...settings.longestSessionMinutes).contains(minutes) else {
        throw .access(
          .badTimeout(
            maximum: settings.longestSessionMinutes,
            isEligible: settings.standing.planCondition.holds))
      }
      settings.sessionMinutes = minutes
    }
  }

  /// How many years the records of the audit log are kept; throws `badRetention`.
  package func setAuditRetention(
    years: Int, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.workspaceModified, as: actor) { (settings) throws(WorkspaceError) in
      guard AuditRetention(years: years) != nil else { throw .badRetention(years: years) }
      settings.auditRetentionYears = years
    }
  }

  /// Another plan, with or without the HIPAA add-on.
  package func setPlan(
    _ plan: Plan, addon: Bool, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.workspacePlanModified, as: actor) { (settings) throws(WorkspaceError) in
      settings.plan = plan
      settings.addon = addon
    }
  }

  /// The agreement in force from now on, in place of the one before.
  package func sign(
    _ agreement: BusinessAssociateAgreement, as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeSettings(.businessAssociateAgreementSigned, as: actor) {
      (settings) throws(WorkspaceError) in
      if let expires = agreement.expires, expires < agreement.on {
        throw .eligibility(.expiresBeforeSigned)
      }
      settings.agreement = agreement
    }
  }

  private func changeSettings(
    _ type: AuditEventType, as actor: String?,
    _ body: (inout WorkspaceSettings) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    let path = layout.settings
    try change(type, ConfigurationObject.workspace, as: actor, of: WorkspaceSettings.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .notAWorkspace(path: path) }
      var new = old
      try body(&new)
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }
}

extension WorkspaceSettings {
  /// What the audit log tells of it.
  var audited: [(String, String)] {
    [
      ("name", name), ("plan", plan.rawValue), ("addon", String(addon)), ("owner", owner),
      ("sandbox", sandbox?.rawValue ?? ""),
      ("adapter_signatures", adapterSignatures?.rawValue ?? ""),
      ("session_timeout_minutes", sessionMinutes.map(String.init) ?? ""),
      ("worker_memory_mb", workerMemory.map(String.init) ?? ""),
      ("audit_retention_years", auditRetentionYears.map(String.init) ?? ""),
      ("agreement.document", agreement.map { "sha256:\($0.document.hex)" } ?? ""),
      ("agreement.signed_by", agreement?.signedBy ?? ""),
      ("agreement.signed_on", agreement?.on.description ?? ""),
      ("agreement.expires_on", agreement?.expires?.description ?? ""),
    ]
  }
}

// MARK: - Products

extension Workspace {
  /// Lets this workspace send to a product, on the owner's evidence.
  package func allow(
    product: String, name: String = "", vendor: String = "", evidence: ProductEvidence,
    as actor: String? = nil
  ) throws(WorkspaceError) {
    try changeAllowlist(.productAllowed, as: actor) { (list) throws(EligibilityError) in
      try list.allow(
        product, name: name, vendor: vendor, in: products.catalogue, evidence: evidence)
    }
  }

  /// Takes a product from this workspace's list; its destinations do not start any more.
  package func disallow(product: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeAllowlist(.productDisallowed, as: actor) { (list) throws(EligibilityError) in
      guard list.entry(product) != nil else { throw .notAllowed(product) }
      return list.disallowing(product)
    }
  }

  private func changeAllowlist(
    _ type: AuditEventType, as actor: String?,
    _ body: (ProductAllowlist) throws(EligibilityError) -> ProductAllowlist
  ) throws(WorkspaceError) {
    let path = "\(layout.root)/eligible-products.json"
    try change(type, ConfigurationObject.products, as: actor, of: ProductAllowlist.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .notAFile(path: path) }
      let new = try rethrowing(WorkspaceError.eligibility) { () throws(EligibilityError) in
        try body(old)
      }
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }
}

extension ProductAllowlist {
  fileprivate var audited: [(String, String)] {
    products.map { ($0.id, $0.evidence?.statement ?? $0.source) }
  }
}
