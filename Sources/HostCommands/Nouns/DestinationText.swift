internal import DeliveryQueue
internal import Eligibility
internal import Workspace

/// How a destination is shown.
enum DestinationText {
  /// Events in its queue.
  static func waiting(_ destination: Destination, _ workspace: Workspace) throws -> Int {
    try QueueSurvey(folder: workspace.queueFolder(of: destination.id)).waiting
  }

  /// Letters that are to be delivered to it once more.
  static func redriven(_ destination: Destination, _ workspace: Workspace) throws -> Int {
    try workspace.redriven(to: destination.id).count()
  }

  static func state(_ destination: Destination, _ workspace: Workspace) -> String {
    if let quarantine = destination.quarantine { return "quarantined: \(quarantine)" }
    if destination.delivery?.isPaused == true { return "paused" }
    let decision = workspace.decide(product: destination.adapter)
    return decision.allowed ? "ready" : decision.reason
  }

  /// The history takes a reading of the whole audit log, so a list goes without.
  static func json(
    _ destination: Destination, _ workspace: Workspace, _ history: WorkerHistory? = nil
  ) throws -> JSONText {
    let decision = workspace.decide(product: destination.adapter)
    return .object(
      [
        ("id", .string(destination.id)), ("adapter", .string(destination.adapter)),
        ("enabled", .bool(destination.enabled)),
        ("allowed", .bool(decision.allowed && destination.quarantine == nil)),
        ("state", .string(state(destination, workspace))),
        ("settings", .verbatim(SettingValue.object(destination.settings).json)),
        ("secrets", .strings(destination.secrets.keys.sorted())),
        ("encryption", EncryptionText.json(destination.encryption)),
        ("waiting", .integer(try waiting(destination, workspace))),
        ("maximum_string_length", destination.maximumStringLength.map { .integer($0) } ?? .null),
        ("dead_letters", .integer(try workspace.deadLetters(of: destination.id).count())),
        ("waiting_for_redrive", .integer(try redriven(destination, workspace))),
        ("created_at", .string(destination.createdAt)),
      ] + (history.map { [("worker", WorkerHistoryText.json($0))] } ?? []))
  }
}
