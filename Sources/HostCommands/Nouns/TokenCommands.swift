internal import Cryptography
internal import Workspace

/// `token`: what programs prove themselves with.
enum TokenCommands {
  static let noun = Noun(
    name: "token", summary: "Tokens for automation", commands: [create, list, revoke])

  private static let role = Option.choice(
    "role", Role.allCases.map(\.rawValue), "What its holder may; as little as will do",
    isRequired: true)
  private static let pii = Option.flag("pii-access", "Lets its holder see classified values too")
  private static let days = Option.value(
    "expires-in", "DAYS", "1 to \(AccessToken.maximumDays) (default 90)")
  private static let output = Option.value(
    "output", "F", "A file that must not exist yet, made with mode 0600 (default: a terminal)")
  private static let id = Operand("ID", "The token's id")

  private static let create = Command(
    path: ["token", "create"], summary: "Make a token; it is shown once and kept nowhere",
    access: .owner,
    details: [
      """
      Used by --token-file F or SEALPOST_TOKEN_FILE, the name of the file. In the audit log its holder \
      is token/ID.
      """
    ],
    options: [role, pii, days, output, .json],
    examples: [
      .init(
        "sealpost token create --role editor --expires-in 30 --output run.token", "for a service")
    ],
    run: make)

  private static func make(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    let path = arguments[output]
    guard path != nil || invocation.console.output.isTerminal else {
      throw CommandError.usage(
        output.typed, invocation.command.name, "standard output is no terminal",
        "Name a new file for the token: \(output.usage)")
    }
    if let path { try PrivateKeyFile.refuseExisting(path) }
    guard let lifetime = Int(arguments[days] ?? "90") else {
      throw WorkspaceError.access(.badLifetime(maximum: AccessToken.maximumDays))
    }
    let workspace = try invocation.openWorkspace()
    let made = try workspace.createToken(
      role: Role(rawValue: arguments.required(role)) ?? .viewer, piiAccess: arguments.has(pii),
      days: lifetime)
    do {
      try hand(made, to: path, invocation)
    } catch {
      // Nobody has it: it must not stay valid.
      try workspace.revokeToken(made.token.id)
      throw error
    }
    if path != nil, invocation.wantsJSON { invocation.console.data(json(made.token)) }
    invocation.console.note(
      "Token \(made.token.id) made, \(made.token.role.rawValue), until \(made.token.expiresAt)")
    return .done
  }

  private static func hand(
    _ made: borrowing NewAccessToken, to path: String?, _ invocation: Invocation
  ) throws {
    if let path { return try SecretFile.write(made.text, toNewFile: path) }
    invocation.console.secret(made.text)
  }

  private static let list = Command(
    path: ["token", "list"], summary: "List the tokens", access: .viewer, options: [.json],
    examples: [.init("sealpost token list", "also those that are over")]
  ) { invocation in
    let tokens = try invocation.openWorkspace().tokens()
    invocation.print(
      Table(
        columns: [
          .init("id"), .init("role"), .init("pii access"), .init("state"), .init("expires"),
          .init("made by", isFlexible: true),
        ],
        rows: tokens.map { token in
          [
            .init(token.id), .init(token.role.rawValue), .init(token.hasPIIAccess ? "yes" : "no"),
            .init(state(token)), .init(token.expiresAt), .init(token.createdBy),
          ]
        }), json: .array(tokens.map(json)))
    return .done
  }

  private static let revoke = Command(
    path: ["token", "revoke"], summary: "Let a token open nothing any more", access: .owner,
    operands: [id], examples: [.init("sealpost token revoke 3f9a1c20b7d4", "at once")]
  ) { invocation in
    let id = invocation.arguments.required(id)
    try invocation.openWorkspace().revokeToken(id)
    invocation.console.note("Token \(id) revoked")
    return .done
  }

  private static func state(_ token: AccessToken) -> String {
    if token.revokedAt != nil { return "revoked" }
    return token.isExpired(at: Timestamp.now) ? "expired" : "in force"
  }

  private static func json(_ token: AccessToken) -> JSONText {
    .object([
      ("id", .string(token.id)), ("role", .string(token.role.rawValue)),
      ("pii_access", .bool(token.hasPIIAccess)), ("state", .string(state(token))),
      ("expires_at", .string(token.expiresAt)), ("created_at", .string(token.createdAt)),
      ("created_by", .string(token.createdBy)), ("revoked_at", .optional(token.revokedAt)),
    ])
  }
}
