internal import DestinationKit
internal import Synchronization

/// Appends events to a file, one a line.
///
/// A batch is in the file whole or not at all: it is one write, and a write that fails is taken back. Life: `init` checks
/// the settings; `start` opens and locks the file; `deliver` rotates, appends, syncs; `stop` closes.
final class NDJSONFileDestination: DestinationAdapter {
  static let description = AdapterDescription(
    product: "org.sealpost.ndjson-file", version: "1.0.0", displayName: "NDJSON file",
    settings: Settings.described)

  private let settings: Settings
  private let file = Mutex<LineFile?>(nil)

  init(settings: Settings, host: AdapterHost) {
    self.settings = settings
  }

  func start() throws {
    do {
      try file.withLock { file throws(FileFailure) in
        file = try LineFile(
          path: settings.path, rotateBytes: settings.rotateBytes, isSynced: settings.fsync)
      }
    } catch {
      throw error.problem
    }
  }

  func deliver(_ batch: borrowing Batch) throws -> Outcomes {
    guard batch.count > 0 else { return .each([]) }
    try batch.withNDJSON { lines throws in
      try file.withLock { try $0?.append(lines) }
    }
    return .all(.delivered)
  }

  func stop(before deadline: Deadline) {
    file.withLock { $0 = nil }
  }
}
