internal import AuditLog
internal import Cryptography
internal import Workspace

/// `audit checkpoint`: what the log says of itself now, signed, to be kept on another machine.
enum AuditCheckpointCommand {
  private static let output = Option.value(
    "output", "F", "Write the checkpoint to a new file (default: standard output)")
  private static let keyOutput = Option.value(
    "public-key-output", "F", "Write the log's present public key to a new file, as PEM")

  static let command = Command(
    path: ["audit", "checkpoint"], summary: "Sign the log as it is now",
    access: .viewer,
    details: [
      """
      The checkpoint is a signed note (https://c2sp.org/tlog-checkpoint). Keep it where whoever \
      runs this host cannot write: audit verify --checkpoint then shows whether the log still \
      begins with the same records.
      """
    ],
    options: [output, keyOutput, .json],
    examples: [
      .init("sealpost audit checkpoint --output saved.note", "sign, and keep the note"),
      .init("sealpost audit checkpoint --json", "with the verifier key"),
    ]
  ) { invocation in
    let workspace = try invocation.openWorkspace()
    let checkpoint = try workspace.audit.checkpoint()
    guard let signer = try workspace.audit.signers().last else { return .no }
    if let path = invocation.arguments[keyOutput] {
      let key = try Ed25519.VerifyingKey(rawBytes: signer.publicKey)
      try OutputFile.write(key.pem(), toNewFile: path)
    }
    let verifier = checkpoint.verifierKey(signer)
    if let path = invocation.arguments[output] {
      try OutputFile.write(checkpoint.text, toNewFile: path)
      invocation.console.note("Checkpoint of \(checkpoint.size) records written to \(path)")
    }
    if invocation.wantsJSON {
      invocation.console.data(json(checkpoint, verifier))
    } else if invocation.arguments[output] == nil {
      invocation.console.data(checkpoint.text)
    }
    invocation.console.note("Verifier key: \(verifier)")
    return .done
  }

  private static func json(_ checkpoint: Checkpoint, _ verifier: String) -> JSONText {
    .object([
      ("origin", .string(checkpoint.origin)), ("size", .integer(Int(clamping: checkpoint.size))),
      ("root", .string(checkpoint.root.hex)), ("note", .string(checkpoint.text)),
      ("verifier_key", .string(verifier)),
    ])
  }
}
