internal import Cryptography
internal import Synchronization

/// Connections that wait for another exchange, the newest first, a few of them; any thread.
final class ConnectionPool: Sendable {
  private struct State {
    var idle: [(origin: String, connection: Connection)] = []
    /// By origin: what a handshake may go on from.
    var sessions: [String: TLSSession] = [:]
  }

  private let state = Mutex(State())
  private let most: Int
  private let time: Duration

  init(most: Int, time: Duration) {
    self.most = most
    self.time = time
  }

  /// One that still seems to be there; nil when there is none.
  func take(_ origin: String) -> Connection? {
    while let connection = newest(origin) {
      if connection.idleSince.duration(to: .now) < time, !connection.isStale { return connection }
      connection.close()
    }
    return nil
  }

  /// Keeps it for the next exchange; the oldest of all goes when there are too many.
  func give(_ connection: Connection, _ origin: String) {
    connection.isReused = true
    connection.idleSince = .now
    let session = connection.session
    let dropped: Connection? = state.withLock { state in
      if let session { state.sessions[origin] = session }
      state.idle.append((origin, connection))
      return state.idle.count > most ? state.idle.removeFirst().connection : nil
    }
    dropped?.close()
  }

  func keep(_ session: TLSSession, _ origin: String) {
    state.withLock { $0.sessions[origin] = session }
  }

  func session(_ origin: String) -> TLSSession? { state.withLock { $0.sessions[origin] } }

  private func newest(_ origin: String) -> Connection? {
    state.withLock { state in
      state.idle.lastIndex { $0.origin == origin }.map { state.idle.remove(at: $0).connection }
    }
  }
}
