internal import Cryptography
internal import Workspace
internal import WorkspaceSnapshot

/// `workspace snapshot`: the configuration in one file, for hosts that run it as replicas.
enum WorkspaceSnapshotCommand {
  private static let output = Option.value(
    "output", "F", "Where to write it; an older snapshot there is replaced in one step")
  private static let verify = Option.value(
    "verify", "F", "Take none, but look whether this one is whole and signed by the right key")
  static let fingerprint = Option.value(
    "fingerprint", "HEX", "The SHA-256 of the key that must have signed it")
  private static let newKey = Option.flag(
    "new-key", "Sign with a new key from now on; every replica has to be told its fingerprint")

  static let command = Command(
    path: ["workspace", "snapshot"],
    summary: "Write the configuration into one signed file, for replicas",
    access: .editor,
    details: [
      """
      It holds all that a host needs to run this workspace's configuration: documents, keys to encrypt \
      with, users and tokens as hashes, the adapters with their signatures, the lists of products, and \
      secrets. It is signed with a key of its own, whose fingerprint the command shows, and sealed under \
      the workspace's storage key, so it may go over any channel. A checkpoint of the audit log is in it.
      """,
      """
      Each snapshot has a higher number than all before, and a replica goes only up. On another machine: \
      sealpost workspace replicate, then sealpost run --replica F.
      """,
    ],
    options: [output, verify, fingerprint, newKey, .json],
    examples: [
      .init("sealpost workspace snapshot --output clinic.snapshot", "take one"),
      .init("sealpost workspace snapshot --verify clinic.snapshot", "look at one"),
    ],
    exitCodes: [(.no, "the snapshot that was to be verified does not hold")], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    switch (arguments[output], arguments[verify]) {
    case (let path?, nil): return try take(invocation, path)
    case (nil, let path?): return try verify(invocation, path)
    default:
      throw CommandError.usage(
        "option \"\(output.typed)\"", invocation.command.name,
        "either this one or \(verify.typed) has to be given",
        "Name the file to write, or the one to look at.")
    }
  }

  private static func take(_ invocation: Invocation, _ path: String) throws -> ExitCode {
    let isNew = invocation.arguments.has(newKey)
    if isNew { try invocation.require(.owner) }
    let workspace = try invocation.openWorkspace()
    let snapshot = try workspace.takeSnapshot(to: path, newKey: isNew)
    show(snapshot, path, invocation)
    invocation.console.note(
      isNew || snapshot.index.sequence == 1
        ? "Replicas are told the fingerprint: sealpost workspace replicate F --fingerprint "
          + snapshot.key.id
        : "Snapshot \(snapshot.index.sequence) written; replicas that follow \(path) take it")
    return .done
  }

  private static func verify(_ invocation: Invocation, _ path: String) throws -> ExitCode {
    let workspace = try invocation.openWorkspace()
    do throws(WorkspaceError) {
      let snapshot = try workspace.verifySnapshot(
        at: path, signedBy: Fingerprint.checked(invocation.arguments[fingerprint], invocation))
      show(snapshot, path, invocation)
    } catch {
      guard case .snapshot = error else { throw error }
      invocation.console.error("\(error)")
      return .no
    }
    return .done
  }

  static func show(_ snapshot: Snapshot, _ path: String, _ invocation: Invocation) {
    let index = snapshot.index
    invocation.print(
      Table.pairs([
        ("snapshot", .init(path)), ("workspace", .init(index.workspaceID)),
        ("sequence", .init("\(index.sequence)")), ("taken", .init(index.takenAt)),
        ("size", .init(Count.of(snapshot.bytes.count, "byte"))),
        ("files", .init("\(index.files.count)")), ("sha256", .init(snapshot.sha256.hex)),
        ("key fingerprint", .init(snapshot.key.id)),
      ]),
      json: .object([
        ("path", .string(path)), ("workspace_id", .string(index.workspaceID)),
        ("sequence", .integer(index.sequence)), ("taken_at", .string(index.takenAt)),
        ("size", .integer(snapshot.bytes.count)), ("files", .strings(index.files.map(\.path))),
        ("sha256", .string(snapshot.sha256.hex)), ("key_fingerprint", .string(snapshot.key.id)),
        ("audit_checkpoint", .string(index.checkpoint)),
      ]))
  }
}

/// What names a key for whoever compares it.
enum Fingerprint {
  /// Throws for a text that is none; nil for none.
  static func checked(
    _ text: String?, _ invocation: Invocation
  ) throws(WorkspaceError) -> String? {
    guard let text else { return nil }
    guard let digest = SHA256Digest(hex: text.lowercased()) else { throw .badFingerprint }
    return digest.hex
  }
}
