internal import AuditLog

extension Workspace {
  /// Lets an actor do something that asks for a role, and for PII access where `classified`; a denial is audited.
  ///
  /// - Parameter command: what it is, as it is typed.
  /// - Throws: `needsRole` or `needsPIIAccess`.
  package func require(
    _ role: Role, classified: Bool = false, of actor: Actor, for command: String
  ) throws(WorkspaceError) {
    let refusal: AccessError
    if actor.role < role {
      refusal = .needsRole(role, who: actor.name, has: actor.role, command: command)
    } else if classified && !actor.hasPIIAccess {
      refusal = .needsPIIAccess(who: actor.name, command: command)
    } else {
      return
    }
    try acting(as: actor.name).record(
      .accessDenied, object: "command/\(command)", outcome: .denied,
      changes: [.reason(refusal.description)])
    throw .access(refusal)
  }

  /// Whoever the system lets in, in a workspace where nobody has a password; nil in any other.
  package var unprovenOwner: Actor? {
    needsLogIn ? nil : Actor(unprovenOwner: settings.owner)
  }
}

extension Actor {
  /// Whoever has logged in.
  package static func user(_ user: User) -> Actor { Actor(user) }
}
