internal import AuditLog
package import Cryptography
internal import Eligibility

// MARK: - Keys that sign adapters

extension Workspace {
  /// The keys and releases; throws `changedWithoutAudit` or `badDocument` when the document cannot be relied on.
  package func adapterTrust() throws(WorkspaceError) -> AdapterTrust { try trust.get() }

  /// Lets adapters that this key signed be installed and loaded; throws `keyTrusted` when they may already.
  package func trust(
    _ key: Ed25519.VerifyingKey, id: String, name: String, as actor: String? = nil
  ) throws(WorkspaceError) {
    let bytes = key.rawBytes
    let publicKey = unsafe Base64.encode(bytes.span.bytes)
    try changeTrust(.adapterKeyTrusted, as: actor) { (trust) throws(WorkspaceError) in
      guard Self.isName(name) else { throw .badKeyName }
      guard trust.keys.allSatisfy({ $0.id != id }) else { throw .keyTrusted(id) }
      trust.keys.append(
        AdapterTrust.Key(
          id: id, name: name, publicKey: publicKey,
          addedAt: Timestamp.now))
    }
  }

  /// Adapters that this key signed are not loaded any more; throws `keyNotTrusted`.
  package func distrust(_ id: String, as actor: String? = nil) throws(WorkspaceError) {
    try changeTrust(.adapterKeyDistrusted, as: actor) { (trust) throws(WorkspaceError) in
      guard trust.keys.contains(where: { $0.id == id }) else { throw .keyNotTrusted(id) }
      trust.keys.removeAll { $0.id == id }
    }
  }

  /// Keeps the release of an adapter that is about to be removed.
  func keepRelease(of adapter: InstalledAdapter, as actor: String?) throws(WorkspaceError) {
    guard let release = adapter.release else { return }
    try changeTrust(.adapterReleaseKept, as: actor) { (trust) throws(WorkspaceError) in
      trust.releases[adapter.product] = AdapterTrust.Release(
        number: release, manifestSHA256: adapter.manifestSHA256)
    }
  }

  private func changeTrust(
    _ type: AuditEventType, as actor: String?,
    _ body: (inout AdapterTrust) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    try change(type, ConfigurationObject.adapterTrust, as: actor, of: AdapterTrust.self) {
      (present) throws(WorkspaceError) in
      let old = present ?? AdapterTrust()
      var new = old
      try body(&new)
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }
}

// MARK: - Installing

extension Workspace {
  /// Throws `unsigned` in a workspace that takes signed adapters only.
  func requireSignature(of package: AdapterPackage) throws(WorkspaceError) {
    guard package.keyID == nil, settings.requiresAdapterSignatures else { return }
    throw .unsigned(product: package.product)
  }

  /// Throws `rolledBack` for a release before the highest, or the same one with other content.
  func requireNoRollback(
    _ package: AdapterPackage, from present: InstalledAdapter?
  ) throws(WorkspaceError) {
    let kept = try adapterTrust().releases[package.product]
    let installed = present.flatMap { adapter in
      adapter.release.map {
        AdapterTrust.Release(number: $0, manifestSHA256: adapter.manifestSHA256)
      }
    }
    for highest in [kept, installed].compactMap({ $0 }) {
      let release = package.release ?? 0
      let isSame = SHA256.hash(package.manifest) == highest.manifestSHA256
      guard release > highest.number || release == highest.number && isSame else {
        throw .rolledBack(
          product: package.product, release: package.release, highest: highest.number)
      }
    }
  }

  /// Throws `notApproved` with what it asks for beyond what was approved before.
  func requireApproval(
    _ package: AdapterPackage, from present: InstalledAdapter?
  ) throws(WorkspaceError) {
    let more = package.permissions.filter { !(present?.permissions ?? []).contains($0) }
    let unsigned = package.keyID == nil && present.map { $0.keyID != nil } ?? false
    guard !package.isApproved, !more.isEmpty || unsigned else { return }
    throw .notApproved(
      product: package.product, permissions: more + (unsigned ? ["to be unsigned"] : []))
  }
}
