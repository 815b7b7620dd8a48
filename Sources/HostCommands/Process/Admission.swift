internal import Workspace

/// The one place where a command is held to what its table entry asks for, before it does anything.
///
/// A token's file that is named proves a token; else, where somebody has a password, the session in the user's own
/// file; where nobody has one, whoever the system lets into the folder is the owner.
enum Admission {
  /// The invocation with the workspace opened for whoever runs it; throws `WorkspaceError.access` after its record.
  static func admit(_ invocation: Invocation) throws -> Invocation {
    let access = invocation.command.access
    guard let role = access.role else { return invocation }
    guard let workspace = try workspace(of: invocation) else { return invocation }
    let actor = try actor(invocation, workspace) { (token) throws(WorkspaceError) in
      try workspace.renewSession(token, for: invocation.command.name, clock: invocation.clock)
    }
    try workspace.require(
      role, classified: access.needsPIIAccess, of: actor, for: invocation.command.name)
    var admitted = invocation
    admitted.admitted = (workspace.acting(as: actor.name), actor)
    return admitted
  }

  /// For a command that goes on showing: throws, after its record, once whoever runs it may not any more.
  ///
  /// A token that was revoked, a user who was disabled or lost a role, a session that ended: also of the time that
  /// passed while it was showing, which is no activity of the user's.
  ///
  /// - Parameter classified: whether classified values are shown, though the command does not always.
  static func readmit(_ invocation: Invocation, classified: Bool = false) throws {
    let access = invocation.command.access
    guard let role = access.role, let workspace = invocation.admitted?.workspace else { return }
    try workspace.reload()
    let actor = try actor(invocation, workspace) { (token) throws(WorkspaceError) in
      try workspace.checkSession(token, for: invocation.command.name, clock: invocation.clock)
    }
    try workspace.require(
      role, classified: classified || access.needsPIIAccess, of: actor,
      for: invocation.command.name)
  }

  /// Who runs a command that asks for no role, as far as they prove it: for its records.
  fileprivate static func name(of invocation: Invocation, in workspace: Workspace) -> String {
    if let path = invocation.tokenFile {
      let actor = try? workspace.actor(holding: TokenFile.read(path))
      return actor?.name ?? "(unknown)"
    }
    if let owner = workspace.unprovenOwner { return owner.name }
    guard let path = try? invocation.sessionFile(of: workspace),
      let token = try? SessionToken(readingFile: path),
      let user = try? workspace.holder(of: token, clock: invocation.clock)
    else { return "(unknown)" }
    return user.email
  }

  private static func actor(
    _ invocation: Invocation, _ workspace: Workspace,
    _ user: (SessionToken?) throws(WorkspaceError) -> User
  ) throws -> Actor {
    if let path = invocation.tokenFile {
      return try workspace.actor(holding: TokenFile.read(path))
    }
    if let owner = workspace.unprovenOwner { return owner }
    let token = try SessionToken(readingFile: invocation.sessionFile(of: workspace))
    return .user(try user(token))
  }

  /// Nil where there is none and the command can do without.
  private static func workspace(of invocation: Invocation) throws -> Workspace? {
    let path = invocation.workspacePath
    guard invocation.command.access.isOpenWithoutWorkspace else {
      return try ReplicaOptions.opened(invocation) { () throws(WorkspaceError) in
        try Workspace.open(at: path)
      }
    }
    do {
      return try Workspace.open(at: path)
    } catch WorkspaceError.noSuchFolder, WorkspaceError.notAWorkspace {
      return nil
    }
  }
}

extension Invocation {
  /// The workspace to record something in, under the name of whoever runs the command.
  func recordingWorkspace() throws -> Workspace {
    if let admitted { return admitted.workspace }
    let workspace = try openWorkspace()
    return workspace.acting(as: Admission.name(of: self, in: workspace))
  }

  /// Whose permission the command runs under; throws `notLoggedIn` for a command that asks for none.
  func currentActor() throws -> Actor {
    guard let admitted else { throw WorkspaceError.access(.notLoggedIn) }
    return admitted.actor
  }

  /// For what only some uses of the command need.
  func require(_ role: Role) throws {
    guard let admitted else { throw WorkspaceError.access(.notLoggedIn) }
    try admitted.workspace.require(role, of: admitted.actor, for: command.name)
  }

  /// For what shows classified values in some uses of a command only.
  func requirePIIAccess() throws {
    guard let admitted else { throw WorkspaceError.access(.notLoggedIn) }
    try admitted.workspace.require(
      .viewer, classified: true, of: admitted.actor, for: command.name)
  }

  /// Where the user's session with this workspace stands.
  func sessionFile(of workspace: Workspace) throws -> String {
    let folder = environment["XDG_STATE_HOME"] ?? environment["HOME"].map { "\($0)/.local/state" }
    guard let folder, folder.hasPrefix("/") else {
      throw CommandError(
        .configuration, "session file", "there is no folder for it",
        "Set HOME or XDG_STATE_HOME, or use a token: --token-file F.")
    }
    return SessionToken.file(of: workspace, in: "\(folder)/sealpost")
  }

  /// The option, else `SEALPOST_TOKEN_FILE`: a path, never the secret.
  var tokenFile: String? { arguments[Option.tokenFile] ?? environment["SEALPOST_TOKEN_FILE"] }
}
