internal import Cryptography
internal import Workspace

/// `login`, `logout` and `session`.
enum SessionCommands {
  static let logInNoun = Noun(name: "login", summary: "Log in", commands: [logIn])
  static let logOutNoun = Noun(name: "logout", summary: "Log out", commands: [logOut])
  static let noun = Noun(name: "session", summary: "Who you are here", commands: [show])

  private static let email = Operand("EMAIL", "Your e-mail address")

  private static let logIn = Command(
    path: ["login"], summary: "Log in to the workspace", access: .everyone,
    details: [
      """
      The session stands in a file of yours, $XDG_STATE_HOME/sealpost or ~/.local/state/sealpost, and \
      each command renews it. On a plan for HIPAA it ends after 15 minutes without a command. Ten wrong \
      passwords lock a user for 15 minutes. People who share an account of the system give each terminal an \
      XDG_STATE_HOME of its own: two sessions cannot stand in one file.
      """
    ],
    operands: [email], options: [Passwords.file],
    examples: [.init("sealpost login ana@example.org", "asks for the password")],
    run: open)

  private static func open(_ invocation: Invocation) throws -> ExitCode {
    let workspace = try invocation.openWorkspace()
    let email = invocation.arguments.required(email)
    guard workspace.unprovenOwner == nil else {
      throw WorkspaceError.access(.ownerFirst(workspace.settings.owner))
    }
    try refuseAnother(than: email, invocation, workspace)
    let password = try Passwords.known(invocation, Passwords.file, "Password: ")
    let token = try workspace.logIn(email, password: password, clock: invocation.clock)
    try keep(token, invocation, workspace)
    invocation.console.note(
      "Logged in. The session ends after \(Count.of(workspace.sessionMinutes, "minute")) without a command"
    )
    return .done
  }

  /// People who share an account of the system share the file: one must not act as the other unseen.
  private static func refuseAnother(
    than email: String, _ invocation: Invocation, _ workspace: Workspace
  ) throws {
    let path = try invocation.sessionFile(of: workspace)
    guard let token = try? SessionToken(readingFile: path),
      let holder = try workspace.holder(of: token, clock: invocation.clock),
      holder.email.lowercased() != email.lowercased()
    else { return }
    throw WorkspaceError.access(.loggedInAsAnother(email: holder.email))
  }

  /// Puts the session where the next command looks for it; one that stood there before ends.
  static func keep(
    _ token: SessionToken, _ invocation: Invocation, _ workspace: Workspace
  ) throws {
    let path = try invocation.sessionFile(of: workspace)
    if let old = try? SessionToken(readingFile: path) { try workspace.logOut(old) }
    try token.write(toFile: path)
  }

  private static let logOut = Command(
    path: ["logout"], summary: "End the session", access: .everyone,
    examples: [.init("sealpost logout --workspace clinic", "nobody can go on with it")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let path = try invocation.sessionFile(of: workspace)
    guard let token = try SessionToken(readingFile: path) else {
      invocation.console.note("You were not logged in")
      return .done
    }
    try workspace.logOut(token)
    try SessionToken.removeFile(path)
    invocation.console.note("Logged out")
    return .done
  }

  private static let show = Command(
    path: ["session", "show"], summary: "Show who you are in this workspace", access: .viewer,
    options: [.json], examples: [.init("sealpost session show", "user, role, rights")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let actor = try invocation.currentActor()
    invocation.print(
      Table.pairs([
        ("user", .init(actor.name)), ("role", .init(actor.role.rawValue)),
        ("pii access", .init(actor.hasPIIAccess ? "yes" : "no")),
        ("proven by", .init(proof(actor))),
        ("ends after", .init("\(Count.of(workspace.sessionMinutes, "minute")) without a command")),
      ]),
      json: .object([
        ("user", .string(actor.name)), ("role", .string(actor.role.rawValue)),
        ("pii_access", .bool(actor.hasPIIAccess)), ("proven", .bool(actor.isProven)),
        ("session_timeout_minutes", .integer(workspace.sessionMinutes)),
      ]))
    return .done
  }

  private static func proof(_ actor: Actor) -> String {
    guard actor.isProven else { return "nothing: nobody here has a password" }
    return actor.name.hasPrefix("token/") ? "a token" : "a password"
  }
}
