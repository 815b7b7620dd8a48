internal import Cryptography
internal import FieldEncryption
internal import Privacy
internal import Workspace

/// `encryption`: which fields of a destination are encrypted, and to which key.
enum EncryptionCommands {
  static let noun = Noun(
    name: "encryption", summary: "Field encryption of a destination",
    commands: [show, enable, addFields, removeFields, rotate, disable])

  private static let id = Operand("ID", "The destination's id")
  private static let fields = Option.value(
    "fields", "A,B,C", "Names of yellow matchers; see: sealpost matcher list")
  private static let format = Option.choice(
    "format", ["auto", "oaep", "jwe"], "The form of encrypted values (default auto)")

  private static let show = Command(
    path: ["encryption", "show"], summary: "Show what a destination encrypts, and its keys",
    access: .viewer,
    operands: [id], options: [.json],
    examples: [.init("sealpost encryption show clinic-file", "fields and keys")]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let destination = try invocation.destination(invocation.arguments.required(id), in: workspace)
    let encryption = destination.encryption
    let keys = (encryption.retiredKeys + [encryption.activeKey].compactMap(\.self)).map { key in
      (
        name: key.retiredAt == nil ? "active key" : "retired key",
        value: Table.Cell(
          "\(key.kid), RSA \(key.bits), \(key.origin.rawValue), since \(key.activatedAt)"
            + (key.retiredAt.map { ", until \($0)" } ?? ""))
      )
    }
    invocation.print(
      Table.pairs(
        [
          ("encryption", .init(encryption.enabled ? "on" : "off")),
          ("fields", .init(encryption.fields.joined(separator: ", "))),
          ("format", .init(encryption.format.rawValue)),
        ] + keys), json: json(encryption))
    return .done
  }

  private static let enable = Command(
    path: ["encryption", "enable"], summary: "Encrypt fields of a destination",
    access: .editor,
    details: [
      KeyOptions.details,
      """
      What was delivered before stays as it is. Without --fields and without a key, encryption that \
      was disabled goes on with those it had.
      """,
    ],
    operands: [id], options: [fields] + KeyOptions.all + [format],
    examples: [
      .init(
        "sealpost encryption enable clinic-file --fields email,phone --public-key owner.pem",
        "with a key of your own"),
      .init(
        "sealpost encryption enable clinic-file --fields email --generate-key --private-key-out private.pem",
        "with a key made here"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let (workspace, destination) = try open(invocation)
    let names = list(arguments[fields])
    try check(names, of: destination, in: workspace)
    try withKey(invocation, isRequired: false) { key in
      try workspace.enableEncryption(
        of: destination.id, fields: names,
        format: arguments[format].flatMap(EncryptionFormat.init), key: try key?.publicKey(),
        origin: key?.origin ?? .imported)
    }
    let now = try workspace.destination(destination.id).encryption
    invocation.console.note(
      "Destination \(destination.id) encrypts \(now.fields.joined(separator: ", "))")
    return .done
  }

  private static let names = Operand("NAME", "A yellow matcher", isRepeatable: true)

  private static let addFields = Command(
    path: ["encryption", "fields", "add"], summary: "Encrypt more fields, from the next event on",
    access: .editor,
    operands: [id, names],
    examples: [.init("sealpost encryption fields add clinic-file mrn", "one field more")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try workspace.addEncryptedFields(invocation.arguments.all(names), to: destination.id)
    return tellFields(invocation, workspace, destination.id)
  }

  private static let removeFields = Command(
    path: ["encryption", "fields", "remove"],
    summary: "Send fields in clear again, from the next event on",
    access: .editor, operands: [id, names],
    examples: [.init("sealpost encryption fields remove clinic-file mrn", "one field less")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try workspace.removeEncryptedFields(invocation.arguments.all(names), from: destination.id)
    return tellFields(invocation, workspace, destination.id)
  }

  private static let rotate = Command(
    path: ["encryption", "rotate-key"], summary: "Encrypt to another key, from the next event on",
    access: .editor,
    details: [
      KeyOptions.details,
      "The present key stays listed as retired: what it encrypted is read with its private key only.",
    ],
    operands: [id], options: KeyOptions.all,
    examples: [
      .init(
        "sealpost encryption rotate-key clinic-file --generate-key --private-key-out next.pem",
        "with a key made here")
    ]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    try withKey(invocation, isRequired: true) { key in
      guard let key else { return }
      try workspace.rotateKey(of: destination.id, to: try key.publicKey(), origin: key.origin)
    }
    let kid = try workspace.destination(destination.id).encryption.activeKey?.kid ?? ""
    invocation.console.note("Destination \(destination.id) encrypts to key \(kid)")
    return .done
  }

  private static let yes = Option.flag("yes", "Do not ask")

  private static let disable = Command(
    path: ["encryption", "disable"], summary: "Send every field of a destination in clear",
    access: .editor,
    details: ["What is already encrypted stays encrypted. Keys and fields stay listed."],
    operands: [id], options: [yes],
    examples: [.init("sealpost encryption disable clinic-file --yes", "without a question")]
  ) { invocation in
    let (workspace, destination) = try open(invocation)
    if !invocation.arguments.has(yes) {
      switch Prompt.confirm("Turn off data encryption?", console: invocation.console) {
      case true?: break
      case false?:
        invocation.console.note("Nothing was changed")
        return .no
      case nil:
        throw CommandError.usage(
          "confirmation", invocation.command.name, "nobody can be asked here", "Add --yes.")
      }
    }
    try workspace.disableEncryption(of: destination.id)
    invocation.console.note(
      "Destination \(destination.id) gets every field in clear from now on. "
        + "What is already encrypted stays encrypted.")
    return .done
  }
}

// MARK: - Parts

extension EncryptionCommands {
  private static func open(_ invocation: Invocation) throws -> (Workspace, Destination) {
    let workspace = try invocation.openWorkspace()
    return (workspace, try invocation.destination(invocation.arguments.required(id), in: workspace))
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
  }

  /// Before a key is made, which takes long and leaves a file: whether the change can succeed.
  private static func check(
    _ fields: [String], of destination: Destination, in workspace: Workspace
  ) throws {
    if destination.encryption.enabled { throw FieldEncryptionError.alreadyEnabled }
    if fields.isEmpty && destination.encryption.fields.isEmpty {
      throw FieldEncryptionError.noFields
    }
    _ = try workspace.privacy.encryptableKeys(for: fields)
  }

  /// Gets the key, makes the change, and takes a key file that was made away again when the change fails.
  private static func withKey(
    _ invocation: Invocation, isRequired: Bool, _ change: (EncryptionKeyRecord?) throws -> Void
  ) throws {
    guard let source = try KeyOptions.source(of: invocation.arguments, for: invocation.command.name)
    else {
      guard !isRequired else {
        throw CommandError.usage(
          "key", invocation.command.name, "none was given",
          "Give --public-key F, or --generate-key --private-key-out F.")
      }
      return try change(nil)
    }
    let key = try source.key(at: Calendar.now())
    do { try change(key) } catch {
      source.undo()
      throw error
    }
    if case .generated(_, let path, _) = source {
      invocation.console.note(
        "Private key written to \(path), once: keep it safe and away from this machine. "
          + "Without it nothing can be decrypted.")
    }
  }

  private static func tellFields(
    _ invocation: Invocation, _ workspace: Workspace, _ id: String
  ) -> ExitCode {
    let fields = (try? workspace.destination(id).encryption.fields) ?? []
    invocation.console.note("Destination \(id) encrypts \(fields.joined(separator: ", "))")
    return .done
  }

  static func text(_ encryption: EncryptionSettings) -> String {
    encryption.enabled ? encryption.fields.joined(separator: ", ") : "off"
  }

  static func json(_ encryption: EncryptionSettings) -> JSONText {
    .object([
      ("enabled", .bool(encryption.enabled)), ("fields", .strings(encryption.fields)),
      ("format", .string(encryption.format.rawValue)),
      ("active_key", encryption.activeKey.map(json) ?? .null),
      ("retired_keys", .array(encryption.retiredKeys.map(json))),
    ])
  }

  private static func json(_ key: EncryptionKeyRecord) -> JSONText {
    .object([
      ("kid", .string(key.kid)), ("bits", .integer(key.bits)),
      ("origin", .string(key.origin.rawValue)), ("activated_at", .string(key.activatedAt)),
      ("retired_at", .optional(key.retiredAt)), ("public_key_pem", .string(key.publicKeyPEM)),
    ])
  }
}
