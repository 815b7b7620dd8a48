internal import Cryptography
internal import FieldEncryption
internal import Workspace

/// `encryption rotate-key`, `challenge`, `answer` and `withdraw-key`: which key a destination's fields are encrypted to.
enum EncryptionKeyCommands {
  static let all = [rotate, challenge, answer, withdraw]

  private static let id = Operand("ID", "The destination's id")

  private static let rotate = Command(
    path: ["encryption", "rotate-key"], summary: "Encrypt to another key, from the next event on",
    access: .editor,
    details: [
      KeyOptions.details,
      """
      While the new key waits for its challenge, the present one stays in use. Then it stays listed as \
      retired: what it encrypted is read with its private key only.
      """,
    ],
    operands: [id], options: KeyOptions.all,
    examples: [
      .init(
        "sealpost encryption rotate-key clinic-file --generate-key --private-key-out next.pem",
        "with a key made here"),
      .init(
        "sealpost encryption rotate-key clinic-file --public-key next.pub.pem",
        "with a key of your own; then answer its challenge"),
    ]
  ) { invocation in
    let (workspace, destination) = try EncryptionCommands.open(invocation, id)
    try withKey(invocation, isRequired: true) { key in
      guard let key else { return }
      try workspace.rotateKey(of: destination.id, to: key)
    }
    tell(invocation, try workspace.destination(destination.id))
    return .done
  }

  private static let challenge = Command(
    path: ["encryption", "challenge"], summary: "Show the challenge of a key that is pending",
    access: .viewer,
    details: [
      """
      It is a text encrypted to the new key, in the form `oaep`. Whoever holds the private key opens it with \
      any tool that opens a value (Examples/decrypt has recipes) and gives the text to: sealpost encryption \
      answer ID --answer F
      """
    ],
    operands: [id], options: [.json],
    examples: [
      .init("sealpost encryption challenge clinic-file > challenge.txt", "for the key's owner")
    ]
  ) { invocation in
    let (_, destination) = try EncryptionCommands.open(invocation, id)
    guard let pending = destination.encryption.pendingKey else {
      throw FieldEncryptionError.noPendingKey
    }
    if invocation.wantsJSON {
      invocation.console.data(EncryptionText.json(pending, withChallenge: true))
    } else {
      invocation.console.data(pending.challenge + "\n")
    }
    return .done
  }

  private static let privateKey = Option.value(
    "private-key", "F", "The private key in PEM; it is read, used once, and forgotten")
  private static let answerFile = Option.value(
    "answer", "F", "File with the text that the challenge opened to; - is standard input")
  private static let passphraseFile = Option.value(
    "passphrase-file", "F", "File with the passphrase of the private key")

  private static let answer = Command(
    path: ["encryption", "answer"], summary: "Answer a key's challenge: it is then the active one",
    access: .editor,
    details: [
      "Give --private-key F where the key is, or --answer F with what was opened elsewhere."
    ],
    operands: [id], options: [privateKey, passphraseFile, answerFile],
    examples: [
      .init("sealpost encryption answer clinic-file --private-key private.pem", "with the key"),
      .init(
        "sealpost encryption answer clinic-file --answer opened.txt",
        "when the private key stays elsewhere"),
    ]
  ) { invocation in
    let (workspace, destination) = try EncryptionCommands.open(invocation, id)
    guard let pending = destination.encryption.pendingKey else {
      throw FieldEncryptionError.noPendingKey
    }
    try workspace.answerChallenge(
      of: destination.id, with: try Self.answer(to: pending, invocation))
    tell(invocation, try workspace.destination(destination.id))
    return .done
  }

  private static let withdraw = Command(
    path: ["encryption", "withdraw-key"], summary: "Forget a key that is pending",
    access: .editor,
    details: [
      """
      For a key whose private half was lost, or that was given by mistake. Nothing was encrypted to it. The \
      present key stays in use; where there is none, rotate to another key instead.
      """
    ],
    operands: [id],
    examples: [
      .init("sealpost encryption withdraw-key clinic-file", "the private key was not saved")
    ]
  ) { invocation in
    let (workspace, destination) = try EncryptionCommands.open(invocation, id)
    try workspace.withdrawPendingKey(of: destination.id)
    tell(invocation, try workspace.destination(destination.id))
    return .done
  }

  /// Empty when the private key is another one: no answer is ever empty, and the log shows the attempt.
  private static func answer(
    to pending: PendingKey, _ invocation: Invocation
  ) throws -> SecretBytes {
    let arguments = invocation.arguments
    switch (arguments[privateKey], arguments[answerFile]) {
    case (let path?, nil):
      let key = try PrivateKeyFile.read(path, passphraseFile: arguments[passphraseFile])
      return (try? pending.answer(with: key)) ?? SecretBytes(count: 0)
    case (nil, let path?) where !arguments.isGiven(passphraseFile):
      let file = try InputFile.open(path)
      defer { file.close() }
      return try SecretBytes(readingDescriptor: file.descriptor, named: path)
    default:
      throw CommandError.usage(
        "answer", invocation.command.name, "exactly one is wanted",
        "Give --private-key F (with --passphrase-file F if it has one), or --answer F.")
    }
  }
}

// MARK: - Parts

extension EncryptionKeyCommands {
  /// Gets the key, makes the change, and takes a key file that was made away again when the change fails.
  static func withKey(
    _ invocation: Invocation, isRequired: Bool, _ change: (NewKey?) throws -> Void
  ) throws {
    guard
      let source = try KeyOptions.source(
        of: invocation.arguments, for: invocation.command.name,
        onTerminal: invocation.console.output.isTerminal)
    else {
      guard !isRequired else {
        throw CommandError.usage(
          "key", invocation.command.name, "none was given",
          "Give --public-key F, or --generate-key --private-key-out F.")
      }
      return try change(nil)
    }
    let key = try source.key()
    do { try change(key.new) } catch {
      source.undo()
      throw error
    }
    key.hand(over: source, to: invocation.console)
  }

  /// Which key is in force now, and what a pending one waits for.
  static func tell(_ invocation: Invocation, _ destination: Destination) {
    let encryption = destination.encryption
    if let active = encryption.activeKey {
      invocation.console.note("Destination \(destination.id) encrypts to key \(active.kid)")
    }
    guard let pending = encryption.pendingKey else { return }
    let meanwhile =
      encryption.activeKey == nil
      ? "Until then nothing is sent to \(destination.id)"
      : "Until then the present key stays in use"
    invocation.console.note(
      "Key \(pending.kid) is pending. Show that its private key is at hand: "
        + "sealpost encryption answer \(destination.id) --private-key F. \(meanwhile).")
  }
}
