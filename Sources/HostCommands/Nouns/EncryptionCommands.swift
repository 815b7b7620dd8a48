internal import Cryptography
internal import FieldEncryption
internal import Privacy
internal import Workspace

/// `encryption`: which fields of a destination are encrypted, and to which key.
enum EncryptionCommands {
  static let noun = Noun(
    name: "encryption", summary: "Field encryption of a destination",
    commands: [show, enable, addFields, removeFields] + EncryptionKeyCommands.all + [disable])

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
    let encryption = try open(invocation, id).1.encryption
    invocation.print(EncryptionText.table(encryption), json: EncryptionText.json(encryption))
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
    let (workspace, destination) = try open(invocation, id)
    let names = list(arguments[fields])
    try check(names, of: destination, in: workspace)
    try EncryptionKeyCommands.withKey(invocation, isRequired: false) { key in
      try workspace.enableEncryption(
        of: destination.id, fields: names,
        format: arguments[format].flatMap(EncryptionFormat.init), key: key)
    }
    let now = try workspace.destination(destination.id)
    tellFields(invocation, now)
    EncryptionKeyCommands.tell(invocation, now)
    return .done
  }

  private static let names = Operand("NAME", "A yellow matcher", isRepeatable: true)

  private static let tokenize = Option.flag(
    "tokenize", "Send tokens instead: equal values, equal tokens, for joins and counts")
  private static let workspaceWide = Option.flag(
    "workspace-wide", "With --tokenize: one value has one token in every destination that says so")
  private static let allowLowCardinality = Option.flag(
    "allow-low-cardinality", "With --tokenize: also a field that has few values, such as gender")

  private static let addFields = Command(
    path: ["encryption", "fields", "add"], summary: "Encrypt more fields, from the next event on",
    access: .editor,
    details: [
      """
      With --tokenize the fields go out as tokens: HMAC-SHA-256 under a key of this host and destination.       A token is not opened by anybody and is no de-identification: it shows which values are equal, and       this host can compute it for any value.
      """
    ],
    operands: [id, names], options: [tokenize, workspaceWide, allowLowCardinality],
    examples: [
      .init("sealpost encryption fields add clinic-file mrn", "one field more"),
      .init("sealpost encryption fields add clinic-file mrn --tokenize", "to join on it"),
    ]
  ) { invocation in
    let arguments = invocation.arguments
    let (workspace, destination) = try open(invocation, id)
    let fields = arguments.all(names)
    if arguments.has(tokenize) {
      try workspace.addTokenizedFields(
        fields, to: destination.id, scope: arguments.has(workspaceWide) ? .workspace : nil,
        allowingLowCardinality: arguments.has(allowLowCardinality))
    } else {
      try refuse([workspaceWide, allowLowCardinality], without: tokenize, invocation)
      try workspace.addEncryptedFields(fields, to: destination.id)
    }
    tellFields(invocation, try workspace.destination(destination.id))
    return .done
  }

  private static let removeFields = Command(
    path: ["encryption", "fields", "remove"],
    summary: "Send fields in clear again, from the next event on",
    access: .editor, operands: [id, names],
    examples: [.init("sealpost encryption fields remove clinic-file mrn", "one field less")]
  ) { invocation in
    let (workspace, destination) = try open(invocation, id)
    try workspace.removeEncryptedFields(invocation.arguments.all(names), from: destination.id)
    tellFields(invocation, try workspace.destination(destination.id))
    return .done
  }

  private static let disable = Command(
    path: ["encryption", "disable"], summary: "Send every field of a destination in clear",
    access: .editor,
    details: ["What is already encrypted stays encrypted. Keys and fields stay listed."],
    operands: [id], options: [.yes],
    examples: [.init("sealpost encryption disable clinic-file --yes", "without a question")]
  ) { invocation in
    let (workspace, destination) = try open(invocation, id)
    guard try invocation.isConfirmed("Turn off data encryption?") else { return .no }
    try workspace.disableEncryption(of: destination.id)
    invocation.console.note(
      "Destination \(destination.id) gets every field in clear from now on. "
        + "What is already encrypted stays encrypted.")
    return .done
  }
}

// MARK: - Parts

extension EncryptionCommands {
  static func open(
    _ invocation: Invocation, _ id: Operand
  ) throws -> (Workspace, Destination) {
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
    if fields.isEmpty && destination.encryption.selectedFields.isEmpty {
      throw FieldEncryptionError.noFields
    }
    _ = try workspace.privacy.encryptableKeys(for: fields)
  }

  private static func refuse(
    _ options: [Option], without needed: Option, _ invocation: Invocation
  ) throws {
    guard let stray = options.first(where: invocation.arguments.isGiven) else { return }
    throw CommandError.usage(
      "option \"\(stray.typed)\"", invocation.command.name, "it says nothing here",
      "Add \(needed.typed).")
  }

  private static func tellFields(_ invocation: Invocation, _ destination: Destination) {
    let encryption = destination.encryption
    let parts = [
      encryption.fields.isEmpty ? nil : "encrypts \(encryption.fields.joined(separator: ", "))",
      encryption.tokenizedFields.isEmpty
        ? nil : "gets tokens for \(encryption.tokenizedFields.joined(separator: ", "))",
    ]
    invocation.console.note(
      "Destination \(destination.id) \(parts.compactMap(\.self).joined(separator: " and "))")
  }
}
