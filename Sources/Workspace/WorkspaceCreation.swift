internal import AuditLog
internal import Cryptography
package import Eligibility
internal import Glibc
internal import Privacy

extension Workspace {
  /// Makes a workspace, whole or not at all, and opens it.
  ///
  /// It is built beside its place and then moved there. Its first record is "Workspace Created".
  ///
  /// - Parameters:
  ///   - path: does not exist yet, or is an empty folder; the folder above it exists.
  ///   - name: 1 to 100 characters.
  ///   - owner: an e-mail address.
  ///   - password: makes the owner a user, and everybody then has to log in; nil leaves that to the system's permissions.
  /// - Throws: `alreadyThere`, `badName`, `badOwner`, `fileFailed`, or as ``open(at:)``.
  package static func create(
    at path: String, name: String, plan: Plan, addon: Bool, owner: String,
    password: PasswordRecord? = nil
  ) throws(WorkspaceError) -> Workspace {
    let layout = WorkspaceLayout(root: path)
    guard isName(name) else { throw .badName(String(name.prefix(100))) }
    guard isEmailAddress(owner) else { throw .badOwner(String(owner.prefix(100))) }
    guard try WorkspaceFolder.isFree(layout.root) else { throw .alreadyThere(path: layout.root) }
    let settings = WorkspaceSettings(
      id: "ws_" + Names.random(20), name: name, plan: plan, addon: addon, owner: owner,
      createdAt: Timestamp.now)
    let building = WorkspaceLayout(
      root: "\(Disk.parent(of: layout.root))/.sealpost-init-\(Names.random(12))")
    do throws(WorkspaceError) {
      try Disk.makeFolder(building.root)
      try fill(building, settings, password)
      try Disk.rename(building.root, to: layout.root)
    } catch {
      Disk.removeTree(building.root)
      throw error
    }
    return try open(at: layout.root)
  }

  private static func fill(
    _ layout: WorkspaceLayout, _ settings: WorkspaceSettings, _ password: PasswordRecord?
  ) throws(WorkspaceError) {
    for folder in layout.folders { try Disk.makeFolder(folder) }
    var random = SecureRandom.bytes(StorageKey.length)
    let key = SecretBytes(moving: &random)
    try rethrowing(WorkspaceError.cryptography) { () throws(CryptographyError) in
      try SecretFile.write(key, toNewFile: layout.storageKey)
    }
    let audit = try rethrowing(WorkspaceError.audit) { () throws(AuditError) in
      try AuditLog(directory: layout.audit, keys: layout.keys, workspaceID: settings.id)
    }
    let first = FirstDocuments(layout: layout, audit: audit, actor: settings.owner)
    try first.write(
      settings, ConfigurationObject.workspace,
      changes: AuditedValues.difference([], settings.audited))
    try first.write(PrivacySettings(), ConfigurationObject.privacy, changes: [])
    try first.write(ProductAllowlist.initial, ConfigurationObject.products, changes: [])
    guard let password else { return }
    let owner = User(
      email: settings.owner, role: .owner, hasPIIAccess: true, password: password)
    try first.write(
      owner, ConfigurationObject.user(owner.id), as: .userCreated,
      changes: AuditedValues.difference([], owner.audited))
  }

  static func isName(_ name: String) -> Bool {
    (1...100).contains(name.count) && isPrintable(name)
  }

  static func isEmailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
      && isPrintable(text) && !text.contains(" ")
  }

  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }
}

/// The documents that a workspace is born with, each with its records.
private struct FirstDocuments {
  let layout: WorkspaceLayout
  let audit: AuditLog
  let actor: String

  func write(
    _ document: some Document, _ object: String, as type: AuditEventType = .workspaceCreated,
    changes: [AuditChange]
  ) throws(WorkspaceError) {
    guard let path = layout.document(of: object) else { return }
    try AuditedRequest(audit, type, object, actor).replace(
      path, before: nil, after: DocumentCoding.encode(document), changes)
  }
}
