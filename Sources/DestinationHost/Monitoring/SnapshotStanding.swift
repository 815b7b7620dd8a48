internal import Metrics
internal import Synchronization
package import Workspace

/// Whose configuration a replica's run has, as ``HostStatus`` tells it.
package struct SnapshotStanding: Codable, Sendable, Equatable {
  package let origin: String
  package let key: String
  package let sequence: Int
  package let takenUnixSeconds: Int
  /// Why the file that is there now is not in force; nil when it is.
  package let refusal: String?

  package init(_ replica: Replica, refusal: String? = nil) {
    origin = replica.workspaceID
    key = replica.keyID
    sequence = replica.sequence
    takenUnixSeconds = replica.takenSeconds
    self.refusal = refusal
  }
}

extension HostMonitor {
  /// Nil for a workspace of its own, or one whose document cannot be relied on.
  func snapshot(_ state: State) -> SnapshotStanding? {
    guard let replica = try? state.subject?.workspace.replica() else { return nil }
    return SnapshotStanding(replica, refusal: state.snapshotRefusal)
  }

  func snapshotFamilies(_ standing: SnapshotStanding?) -> [MetricFamily] {
    guard let standing else { return [] }
    let age = max(0, Timestamp.secondsNow - standing.takenUnixSeconds)
    return [
      MetricFamily(
        .gauge, "sealpost_snapshot_sequence", "Number of the origin's snapshot that is in force"
      ).with(.integer(standing.sequence)),
      MetricFamily(
        .gauge, "sealpost_snapshot_age_seconds", "Since that snapshot was taken at the origin"
      ).with(.integer(age)),
      MetricFamily(
        .gauge, "sealpost_snapshot_refused", "1 while the snapshot that is there is refused"
      ).with(.integer(standing.refusal == nil ? 0 : 1)),
      MetricFamily(
        .counter, "sealpost_snapshot_refusals_total", "Snapshots that were refused"
      ).with(.integer(snapshotRefusals.value)),
    ]
  }

  func take(_ report: SnapshotReport) {
    switch report {
    case .applied, .unchanged: state.withLock { $0.snapshotRefusal = nil }
    case .refused(let reason):
      snapshotRefusals.add()
      state.withLock { $0.snapshotRefusal = reason }
    }
  }
}
