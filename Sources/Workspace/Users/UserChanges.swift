internal import AuditLog

// MARK: - Users

extension Workspace {
  /// Adds somebody who may log in.
  ///
  /// Throws `badEmail`, `userExists`, or `ownerFirst` while the owner has no password.
  package func addUser(
    _ email: String, role: Role, piiAccess: Bool, password: PasswordRecord
  ) throws(WorkspaceError) {
    guard Self.isEmailAddress(email) else { throw .access(.badEmail) }
    let user = User(email: email, role: role, hasPIIAccess: piiAccess, password: password)
    // A workspace that was made before there were users has no folder for them.
    try Disk.makeFolder(layout.users, existing: true)
    try change(.userCreated, ConfigurationObject.user(user.id), of: User.self) {
      (_) throws(WorkspaceError) in
      guard needsLogIn || (user.hasEmail(settings.owner) && role == .owner) else {
        throw .access(.ownerFirst(settings.owner))
      }
      guard !users().contains(where: { $0.hasEmail(email) }) else {
        throw .access(.userExists(email))
      }
      return Change(document: user, changes: AuditedValues.difference([], user.audited))
    }
  }

  /// Another role; nil for `piiAccess` keeps what it is.
  ///
  /// Throws `noSuchUser`, or `lastOwner`.
  package func setRole(
    of email: String, to role: Role, piiAccess: Bool? = nil
  ) throws(WorkspaceError) {
    try changeUser(email, .userModified) { user in
      user.role = role
      if let piiAccess { user.hasPIIAccess = piiAccess }
    }
  }

  /// Lets somebody log in again, or not any more; then their sessions end at once.
  ///
  /// Throws `noSuchUser`, or `lastOwner`.
  package func setEnabled(_ isEnabled: Bool, user email: String) throws(WorkspaceError) {
    try changeUser(email, isEnabled ? .userModified : .userDisabled) { $0.isEnabled = isEnabled }
    if !isEnabled { try endSessions(of: user(email).id) }
  }

  /// Another password; every session of theirs ends, and a lock-out with it.
  ///
  /// In a workspace without users this makes the owner one, and from then on everybody has to log in.
  package func setPassword(
    of email: String, to password: PasswordRecord
  ) throws(WorkspaceError) {
    guard needsLogIn else {
      guard email.lowercased() == settings.owner.lowercased() else {
        throw .access(.ownerFirst(settings.owner))
      }
      return try addUser(settings.owner, role: .owner, piiAccess: true, password: password)
    }
    try changeUser(
      email, .userModified, secretly: [AuditChange(setting: "password", old: "", new: "(secret)")]
    ) { $0.password = password }
    try endSessions(of: user(email).id)
  }

  private func changeUser(
    _ email: String, _ type: AuditEventType, secretly changes: [AuditChange] = [],
    _ body: (inout User) -> Void
  ) throws(WorkspaceError) {
    try change(type, ConfigurationObject.user(user(email).id), of: User.self) {
      (present) throws(WorkspaceError) in
      guard let old = present else { throw .access(.noSuchUser) }
      var new = old
      body(&new)
      if old.isActiveOwner, !new.isActiveOwner {
        guard users().contains(where: { $0.id != old.id && $0.isActiveOwner }) else {
          throw .access(.lastOwner(old.email))
        }
      }
      return Change(
        document: new, changes: AuditedValues.difference(old.audited, new.audited) + changes)
    }
  }
}
