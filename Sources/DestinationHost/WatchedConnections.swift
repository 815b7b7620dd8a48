internal import AdapterLoading

/// Connections of a worker, of whose every use somebody is told.
final class WatchedConnections: WorkerConnections {
  private let table: any WorkerConnections
  private let didUse: @Sendable (ConnectionUse) -> Void

  init(
    _ table: any WorkerConnections,
    _ didUse: @escaping @Sendable (ConnectionUse) -> Void
  ) {
    self.table = table
    self.didUse = didUse
  }

  func answer(
    _ call: ConnectionCall, by deadline: ContinuousClock.Instant, worker: Int32
  ) -> ConnectionAnswer {
    let start = ContinuousClock.now
    let answer = table.answer(call, by: deadline, worker: worker)
    didUse(ConnectionUse(call.wish, answer, took: start.duration(to: .now)))
    return answer
  }

  func end() { table.end() }
}
