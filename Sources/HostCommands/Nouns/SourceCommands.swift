internal import Cryptography
internal import Workspace

/// `source`: who sends events by HTTP.
enum SourceCommands {
  static let noun = Noun(
    name: "source", summary: "Sources: who sends events by HTTP",
    commands: [add, list, rotate, disable, enable])

  private static let id = Operand("ID", "The source's id: 1 to 64 of a-z, 0-9 and hyphens")
  private static let output = Option.value(
    "output", "F", "A file that must not exist yet, made with mode 0600 (default: a terminal)")
  private static let overlap = Option.value(
    "overlap", "HOURS",
    "How long the old key goes on, 0 to \(Source.longestOverlapHours) (default 0: it ends at once)")

  private static let add = Command(
    path: ["source", "add"],
    summary: "Make a source; its write key is shown once and kept nowhere", access: .editor,
    details: [
      """
      A sender proves itself with the write key: as user name of Basic authentication without a \
      password, or as "writeKey" in the body, as Segment's libraries do. The source's controls hold for \
      its events (sealpost control set --source ID …). A running host takes it within a second.
      """
    ],
    operands: [id], options: [output, .json],
    examples: [
      .init("sealpost source add website --output website.key", "the key into a file")
    ]
  ) { invocation in
    try refuseDestination(invocation)
    let made = try invocation.openWorkspace().addSource(invocation.arguments.required(id))
    try hand(made, invocation)
    invocation.console.note("Source \(made.source.id) made")
    return .done
  }

  private static let rotate = Command(
    path: ["source", "rotate-write-key"],
    summary: "Give a source another write key; it is shown once", access: .editor,
    operands: [id], options: [overlap, output, .json],
    examples: [
      .init(
        "sealpost source rotate-write-key website --overlap 48 --output new.key",
        "two days for the senders to change"),
      .init(
        "sealpost source rotate-write-key website --output new.key",
        "the old one is known to others"
      ),
    ]
  ) { invocation in
    try refuseDestination(invocation)
    guard let hours = Int(invocation.arguments[overlap] ?? "0") else {
      throw WorkspaceError.badOverlap(maximum: Source.longestOverlapHours)
    }
    let made = try invocation.openWorkspace().rotateWriteKey(
      of: invocation.arguments.required(id), overlapHours: hours)
    try hand(made, invocation)
    let end = made.source.oldWriteKey?.expiresAt
    invocation.console.note(
      "Source \(made.source.id) has another write key; the old one "
        + (end.map { "goes on until \($0)" } ?? "opens nothing any more"))
    return .done
  }

  private static let list = Command(
    path: ["source", "list"], summary: "List the sources", access: .viewer, options: [.json],
    examples: [.init("sealpost source list", "also those that are off")]
  ) { invocation in
    let sources = try invocation.openWorkspace().sources()
    invocation.print(
      Table(
        columns: [
          .init("id"), .init("state"), .init("write key of"), .init("old key until"),
          .init("made by", isFlexible: true),
        ],
        rows: sources.map { source in
          [
            .init(source.id), .init(source.enabled ? "on" : "off"),
            .init(source.writeKey.createdAt), .init(oldKeyEnd(source) ?? "-"),
            .init(source.createdBy),
          ]
        }), json: .array(sources.map(json)))
    return .done
  }

  private static let disable = Command(
    path: ["source", "disable"], summary: "Take nothing from a source any more", access: .editor,
    operands: [id], examples: [.init("sealpost source disable website", "its senders get 401")]
  ) { invocation in
    try set(invocation, enabled: false)
  }

  private static let enable = Command(
    path: ["source", "enable"], summary: "Take events from a source again", access: .editor,
    operands: [id], examples: [.init("sealpost source enable website", "with the key it has")]
  ) { invocation in
    try set(invocation, enabled: true)
  }

  private static func set(_ invocation: Invocation, enabled: Bool) throws -> ExitCode {
    let id = invocation.arguments.required(id)
    try invocation.openWorkspace().setSource(id, enabled: enabled)
    invocation.console.note("Source \(id) is \(enabled ? "on" : "off")")
    return .done
  }

  // MARK: - The key

  /// Before anything is made: the key must have somewhere to go.
  private static func refuseDestination(_ invocation: Invocation) throws {
    let path = invocation.arguments[output]
    guard path != nil || invocation.console.output.isTerminal else {
      throw CommandError.usage(
        output.typed, invocation.command.name, "standard output is no terminal",
        "Name a new file for the write key: \(output.usage)")
    }
    if let path { try PrivateKeyFile.refuseExisting(path) }
  }

  private static func hand(_ made: borrowing NewWriteKey, _ invocation: Invocation) throws {
    guard let path = invocation.arguments[output] else {
      return invocation.console.secret(made.text)
    }
    try SecretFile.write(made.text, toNewFile: path)
    if invocation.wantsJSON { invocation.console.data(json(made.source)) }
  }

  private static func oldKeyEnd(_ source: Source) -> String? {
    source.oldWriteKey?.expiresAt.flatMap { $0 > Timestamp.now ? $0 : nil }
  }

  private static func json(_ source: Source) -> JSONText {
    .object([
      ("id", .string(source.id)), ("enabled", .bool(source.enabled)),
      ("created_at", .string(source.createdAt)), ("created_by", .string(source.createdBy)),
      ("write_key_created_at", .string(source.writeKey.createdAt)),
      ("old_write_key_expires_at", .optional(oldKeyEnd(source))),
    ])
  }
}
