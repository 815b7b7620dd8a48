internal import Cryptography
internal import Workspace

/// `user`: who may log in, and what they may.
enum UserCommands {
  static let noun = Noun(
    name: "user", summary: "Users, their roles and passwords",
    commands: [add, list, setRole, disable, enable, setPassword])

  private static let email = Operand("EMAIL", "The user's e-mail address")
  private static let roleNames = Role.allCases.map(\.rawValue)
  private static let roleMeaning =
    "viewer reads; editor also changes destinations, matchers, controls; owner also the rest"
  private static let role = Option.choice("role", roleNames, roleMeaning, isRequired: true)
  private static let newRole = Operand("ROLE", roleNames.joined(separator: ", "))
  private static let pii = Option.flag("pii-access", "Lets them see classified values too")
  private static let noPII = Option.flag("no-pii-access", "Does not let them see those any more")

  private static let add = Command(
    path: ["user", "add"], summary: "Let somebody log in", access: .owner,
    details: ["A password has 12 characters or more."], operands: [email],
    options: [role, pii, Passwords.file],
    examples: [
      .init("sealpost user add bo@example.org --role editor", "asks for the new password"),
      .init(
        "sealpost user add bo@example.org --role viewer --pii-access --password-file bo.password",
        "from a file of mode 0600"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let password = try Passwords.record(invocation, for: arguments.required(email))
    try invocation.openWorkspace().addUser(
      arguments.required(email), role: Role(rawValue: arguments.required(role)) ?? .viewer,
      piiAccess: arguments.has(pii), password: password)
    invocation.console.note(
      "User \(arguments.required(email)) added. They log in: sealpost login "
        + arguments.required(email))
    return .done
  }

  private static let list = Command(
    path: ["user", "list"], summary: "List the users and what they may", access: .viewer,
    options: [.json], examples: [.init("sealpost user list", "all of them")]
  ) { invocation in
    let users = try invocation.openWorkspace().users()
    invocation.print(
      Table(
        columns: [
          .init("email", isFlexible: true), .init("role"), .init("pii access"), .init("enabled"),
          .init("added"),
        ],
        rows: users.map { user in
          [
            .init(user.email), .init(user.role.rawValue), .init(user.hasPIIAccess ? "yes" : "no"),
            .init(user.isEnabled ? "yes" : "no", user.isEnabled ? nil : .red),
            .init(user.createdAt),
          ]
        }),
      json: .array(
        users.map { user in
          .object([
            ("id", .string(user.id)), ("email", .string(user.email)),
            ("role", .string(user.role.rawValue)), ("pii_access", .bool(user.hasPIIAccess)),
            ("enabled", .bool(user.isEnabled)), ("created_at", .string(user.createdAt)),
          ])
        }))
    return .done
  }

  private static let setRole = Command(
    path: ["user", "set-role"], summary: "Give a user another role", access: .owner,
    details: ["\(roleMeaning). It holds from their next command on."],
    operands: [email, newRole], options: [pii, noPII],
    examples: [.init("sealpost user set-role bo@example.org viewer --no-pii-access", "less")]
  ) { invocation in
    let arguments = invocation.arguments
    guard let role = Role(rawValue: arguments.required(newRole)) else {
      throw CommandError.usage(
        "role \"\(Printable.short(arguments.required(newRole)))\"", invocation.command.name,
        "it is none of \(roleNames.joined(separator: ", "))", "Give one of them.")
    }
    guard !(arguments.has(pii) && arguments.has(noPII)) else {
      throw CommandError.usage(
        "options \"\(pii.typed)\" and \"\(noPII.typed)\"", invocation.command.name,
        "they exclude each other", "Give one of them.")
    }
    try invocation.openWorkspace().setRole(
      of: arguments.required(email), to: role,
      piiAccess: arguments.has(pii) ? true : arguments.has(noPII) ? false : nil)
    invocation.console.note("User \(arguments.required(email)) is \(role.rawValue) now")
    return .done
  }

  private static let disable = Command(
    path: ["user", "disable"], summary: "Let a user log in no more; their sessions end",
    access: .owner, operands: [email],
    examples: [.init("sealpost user disable bo@example.org", "at once")]
  ) { invocation in
    let email = invocation.arguments.required(email)
    try invocation.openWorkspace().setEnabled(false, user: email)
    invocation.console.note("User \(email) is disabled")
    return .done
  }

  private static let enable = Command(
    path: ["user", "enable"], summary: "Let a disabled user log in again", access: .owner,
    operands: [email],
    examples: [.init("sealpost user enable bo@example.org", "with their password")]
  ) { invocation in
    let email = invocation.arguments.required(email)
    try invocation.openWorkspace().setEnabled(true, user: email)
    invocation.console.note("User \(email) may log in")
    return .done
  }

  private static let current = Option.value(
    "current-password-file", "F", "For your own: the present password (default: asked)")

  private static let setPassword = Command(
    path: ["user", "set-password"], summary: "Change a password; every session of that user ends",
    access: .viewer,
    details: [
      "Your own, with the present one; somebody else's as an owner, which ends a lock-out too."
    ],
    operands: [email], options: [Passwords.file, current],
    examples: [.init("sealpost user set-password ana@example.org", "asks for both passwords")],
    run: setPassword)

  private static func setPassword(_ invocation: Invocation) throws -> ExitCode {
    let email = invocation.arguments.required(email)
    let workspace = try invocation.openWorkspace()
    let actor = try invocation.currentActor()
    if actor.name.lowercased() != email.lowercased() {
      try invocation.require(.owner)
    } else if actor.isProven {
      let present = try Passwords.known(invocation, current, "Present password: ")
      try workspace.prove(email, password: present, clock: invocation.clock)
    }
    try workspace.setPassword(of: email, to: Passwords.record(invocation, for: email))
    invocation.console.note("Password of \(email) changed. Next: sealpost login \(email)")
    return .done
  }
}
