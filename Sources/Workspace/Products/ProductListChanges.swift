internal import AuditLog
package import Cryptography
package import Eligibility

// MARK: - Lists of products

extension Workspace {
  /// What decides about products here.
  ///
  /// With a document of lists that cannot be relied on, only the shipped list is in force, and ``decide(product:on:)``
  /// refuses everything.
  package var products: EligibleProducts {
    EligibleProducts(lists: lists.lists, allowlist: allowlist)
  }

  /// The keys whose lists are taken besides the project's own; throws when the document cannot be relied on.
  package func listIssuers() throws(WorkspaceError) -> [AdapterTrust.Key] {
    try lists.document.get().issuers
  }

  /// Takes a list in place of the one of the same key, and tells which allowed products it takes away.
  ///
  /// Those stop at once: the host asks ``decide(product:on:)`` at every load, and a running one after ``reload()``.
  ///
  /// Throws `eligibility` with everything that is wrong with the list.
  package func importList(
    _ signed: SignedProductList, on date: CalendarDate = .today
  ) throws(WorkspaceError) -> (list: ProductList, revoked: [EligibilityDecision]) {
    let before = allowedProducts(on: date)
    var imported: ProductList?
    try changeLists(.productListImported) { (lists) throws(WorkspaceError) in
      imported = try lists.take(signed, on: date)
    }
    guard let list = imported else { throw .notAFile(path: layout.root) }
    var revoked: [EligibilityDecision] = []
    for product in before {
      let decision = products.decide(product: product, on: date)
      guard !decision.allowed else { continue }
      revoked.append(decision)
      try record(
        .productRevoked, object: ConfigurationObject.products,
        changes: [
          AuditChange(setting: product, old: "allowed", new: "refused"), .reason(decision.reason),
        ])
    }
    return (list, revoked)
  }

  /// Lets lists that this key signed be imported; throws `issuerTrusted` when they may already.
  package func trustIssuer(
    _ key: Ed25519.VerifyingKey, name: String
  ) throws(WorkspaceError) {
    let bytes = key.rawBytes
    let publicKey = unsafe Base64.encode(bytes.span.bytes)
    try changeLists(.productListIssuerTrusted) { (lists) throws(WorkspaceError) in
      guard Self.isName(name) else { throw .badKeyName }
      guard key.id != ShippedProductList.key.id, lists.issuers.allSatisfy({ $0.id != key.id })
      else { throw .eligibility(.issuerTrusted(key.id)) }
      lists.issuers.append(
        AdapterTrust.Key(id: key.id, name: name, publicKey: publicKey, addedAt: Timestamp.now))
    }
  }

  /// Takes no list of this key any more, and puts away the one that was; throws `issuerNotTrusted`.
  package func distrustIssuer(_ id: String) throws(WorkspaceError) {
    try changeLists(.productListIssuerDistrusted) { (lists) throws(WorkspaceError) in
      guard lists.issuers.contains(where: { $0.id == id }) else {
        throw .eligibility(.issuerNotTrusted(String(id.prefix(64))))
      }
      lists.issuers.removeAll { $0.id == id }
      lists.lists.removeAll { $0.keyID == id }
    }
  }

  private func allowedProducts(on date: CalendarDate) -> [String] {
    allowlist.products.map(\.id).filter { products.decide(product: $0, on: date).allowed }
  }

  private func changeLists(
    _ type: AuditEventType, _ body: (inout ImportedLists) throws(WorkspaceError) -> Void
  ) throws(WorkspaceError) {
    try change(type, ConfigurationObject.productLists, of: ImportedLists.self) {
      (present) throws(WorkspaceError) in
      let old = present ?? ImportedLists()
      var new = old
      try body(&new)
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited))
    }
  }
}

extension ImportedLists {
  /// Verifies a list and keeps it; the same one again changes nothing.
  fileprivate mutating func take(
    _ signed: SignedProductList, on date: CalendarDate
  ) throws(WorkspaceError) -> ProductList {
    let keys = try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try self.keys()
    }
    do throws(EligibilityError) {
      let id = try signed.signer(among: keys).id
      let list = try signed.verified(by: keys)
      if list.expires < date { throw .listExpired(list.expires) }
      if list.issued > date { throw .listNotYetIssued(list.issued) }
      let shipped = id == ShippedProductList.key.id ? ShippedProductList.list.sequence : 0
      let highest = max(shipped, highest[id] ?? 0)
      guard list.sequence >= highest, list.sequence > highest || isKept(signed, id) else {
        throw .listRolledBack(issuer: list.issuer, sequence: list.sequence, highest: highest)
      }
      lists.removeAll { $0.keyID == id }
      lists.append(
        Kept(
          keyID: id, sequence: list.sequence,
          list: unsafe Base64.encode(signed.bytes.span.bytes),
          signature: String(decoding: signed.signature, as: UTF8.self)))
      self.highest[id] = list.sequence
      return list
    } catch {
      throw .eligibility(error)
    }
  }

  /// Whether the list of that sequence that was seen is this one.
  private func isKept(_ signed: SignedProductList, _ id: String) -> Bool {
    if id == ShippedProductList.key.id, signed.bytes == ShippedProductList.bytes { return true }
    return lists.contains { $0.keyID == id && (try? $0.signed()) == signed }
  }
}

/// The document of lists as it was read, and the lists that hold.
struct ListsState: Sendable {
  var document: Result<ImportedLists, WorkspaceError> = .success(ImportedLists())
  var lists: [ProductList] = [ShippedProductList.list]
}
