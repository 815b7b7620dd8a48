internal import Cryptography
internal import Workspace

/// `workspace replicate`: a folder that runs another workspace's configuration.
enum WorkspaceReplicateCommand {
  private static let snapshot = Operand("SNAPSHOT", "The file that the origin took")
  private static let fingerprint = Option.value(
    "fingerprint", "HEX",
    "The origin's key, as workspace snapshot showed it there; needed for a new replica")
  private static let storageKey = Option.value(
    "storage-key", "F",
    "A copy of the origin's keys/storage.key, mode 0600; needed for a new replica")

  static let command = Command(
    path: ["workspace", "replicate"],
    summary: "Make a replica of a workspace from its snapshot, or bring one up to date",
    access: .editor.orWithoutWorkspace,
    details: [
      """
      The replica stands in the workspace's directory (--workspace), with queues, dead letters and an \
      audit log of its own. It runs the origin's configuration and lets nobody change it: users, tokens \
      and their roles are the origin's, too; sessions begin anew.
      """,
      """
      The fingerprint says whose snapshots are taken from now on: get it from the origin, never with the \
      file. The storage key opens what is sealed in it; carry it as you would carry a password, and \
      remove the copy afterwards. Where there is a replica already, neither is needed: the newer snapshot \
      is put into force. Another fingerprint, for an origin with a new key, takes an owner.
      """,
    ],
    operands: [snapshot], options: [fingerprint, storageKey, .json],
    examples: [
      .init(
        "sealpost workspace replicate clinic.snapshot --fingerprint 5f0c… --storage-key storage.key",
        "make ./workspace a replica"),
      .init("sealpost workspace replicate clinic.snapshot", "bring it up to date"),
    ], run: run)

  private static func run(_ invocation: Invocation) throws -> ExitCode {
    let path = invocation.arguments.required(snapshot)
    let keyID = try Fingerprint.checked(invocation.arguments[fingerprint], invocation)
    guard let workspace = invocation.admitted?.workspace else {
      let made = try make(invocation, from: path, keyID)
      try tell(invocation, made.replica(), "Replica made in \(made.layout.root)")
      return .done
    }
    if try keyID ?? workspace.replica().keyID != workspace.replica().keyID {
      try invocation.require(.owner)
    }
    switch try workspace.follow(snapshot: path, signedBy: keyID) {
    case .applied(let replica): tell(invocation, replica, "In force from now on")
    case .unchanged(let replica): tell(invocation, replica, "In force already; nothing to do")
    }
    return .done
  }

  private static func make(
    _ invocation: Invocation, from path: String, _ keyID: String?
  ) throws -> Workspace {
    guard let keyID, let storageKey = invocation.arguments[storageKey] else {
      throw CommandError.usage(
        "option \"\((keyID == nil ? fingerprint : Self.storageKey).typed)\"",
        invocation.command.name, "a new replica needs it",
        "Say whose snapshots are taken, and what opens them: \(fingerprint.usage) \(Self.storageKey.usage)"
      )
    }
    return try Workspace.replicate(
      at: invocation.workspacePath, from: path, signedBy: keyID, storageKey: storageKey)
  }

  private static func tell(_ invocation: Invocation, _ replica: Replica, _ what: String) {
    if invocation.wantsJSON { invocation.console.data(replica.json) }
    invocation.console.note("\(what): \(replica.title), of \(replica.origin)")
  }
}

extension Replica {
  /// For `--json`, here and in `status`.
  var json: JSONText {
    .object([
      ("workspace_id", .string(workspaceID)), ("key_fingerprint", .string(keyID)),
      ("sequence", .integer(sequence)), ("sha256", .string(sha256.hex)),
      ("taken_at", .string(takenAt)), ("applied_at", .string(appliedAt)),
      ("age_seconds", .integer(max(0, ageSeconds))),
    ])
  }
}
