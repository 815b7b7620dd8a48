internal import DestinationHost
internal import Eligibility
internal import Workspace

/// The option of `run` about an origin's snapshots.
enum ReplicaOptions {
  private static let replica = Option.value(
    "replica", "SNAPSHOT",
    "Run this workspace as a replica, and take each newer snapshot that comes there")

  static let all = [replica]

  /// Where a replica is to run and there is no workspace, a workspace of its own would not help.
  static func opened(
    _ invocation: Invocation, _ open: () throws(WorkspaceError) -> Workspace
  ) throws -> Workspace {
    do throws(WorkspaceError) { return try open() } catch {
      guard let snapshot = invocation.arguments[replica] else { throw error }
      let why: String
      switch error {
      case .noSuchFolder: why = "there is no such folder"
      case .notAWorkspace: why = "it holds no workspace.json"
      default: throw error
      }
      let path = invocation.workspacePath
      throw CommandError(
        .noInput, "workspace \(Printable.text(path))", why,
        "Name a replica, or make one: sealpost workspace replicate \(Printable.text(snapshot)) "
          + "--workspace \(Printable.text(path))")
    }
  }

  /// Puts the snapshot into force before anything runs; nil when none is followed.
  ///
  /// Whoever starts the run has to be allowed to by the new configuration, too: a token may be revoked in it.
  static func follower(
    _ invocation: Invocation, _ workspace: Workspace
  ) throws -> SnapshotFollower? {
    guard let path = invocation.arguments[replica] else { return nil }
    let follower = try SnapshotFollower(path, on: workspace)
    try Admission.readmit(invocation)
    return follower
  }
}

// MARK: - Telling

extension SnapshotReport {
  var logEntry: LogEntry? {
    switch self {
    case .applied(let replica):
      LogEntry(
        .info, "snapshot_applied", "The run goes on with \(replica.title), of \(replica.origin)",
        [
          "sequence": .integer(replica.sequence), "sha256": .string("\(replica.sha256)"),
          "origin": .string(replica.workspaceID), "taken_at": .string(replica.takenAt),
        ])
    case .unchanged: nil
    case .refused(let reason):
      LogEntry(.error, "snapshot_refused", "The run goes on as it is: \(reason)")
    }
  }
}

extension SnapshotStanding {
  /// `replica of workspace ws_1 (key 5f0c…), snapshot 7, 3 h 10 min old`.
  func text(now: Int) -> String {
    let age = Count.time(max(0, now - takenUnixSeconds))
    return "replica of workspace \(Printable.text(origin)) (key \(key.prefix(16))…), "
      + "snapshot \(sequence), \(age) old"
      + (refusal.map { "; another one is refused: \(Printable.text($0))" } ?? "")
  }

  func json(now: Int) -> JSONText {
    .object([
      ("origin", .string(origin)), ("key_fingerprint", .string(key)),
      ("sequence", .integer(sequence)),
      ("taken_at", .string(Calendar.timestamp(secondsSince1970: takenUnixSeconds))),
      ("age_seconds", .integer(max(0, now - takenUnixSeconds))), ("refusal", .optional(refusal)),
    ])
  }
}
