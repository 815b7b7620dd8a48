internal import Workspace

/// What a destination's adapter did, for `destination show`.
enum WorkerHistoryText {
  static func rows(_ history: WorkerHistory) -> [(String, Table.Cell)] {
    guard let sandbox = history.sandbox, let loadedAt = history.loadedAt else {
      return [("sandbox", .init("(never loaded)"))] + failure(history)
    }
    let misbehaviour = history.misbehaviour.sorted { $0.key < $1.key }.map {
      ($0.key.replacing("_", with: " "), Table.Cell(Count.grouped($0.value)))
    }
    return [
      ("loaded", .init(loadedAt)), ("sandbox", .init(sandbox)),
      ("restarts", .init(Count.grouped(history.restarts))),
    ] + misbehaviour + failure(history)
  }

  private static func failure(_ history: WorkerHistory) -> [(String, Table.Cell)] {
    guard let failure = history.lastFailure else { return [] }
    return [("last failure", .init("\(failure.at): \(Printable.text(failure.reason))"))]
  }

  static func json(_ history: WorkerHistory) -> JSONText {
    .object([
      ("loaded_at", .optional(history.loadedAt)), ("sandbox", .optional(history.sandbox)),
      ("restarts", .integer(history.restarts)),
      (
        "misbehaviour",
        .object(
          history.misbehaviour.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
      ),
      (
        "last_failure",
        history.lastFailure.map {
          .object([("at", .string($0.at)), ("reason", .string($0.reason))])
        } ?? .null
      ),
    ])
  }
}
