internal import Synchronization

/// The connections of HTTP/2, one for each origin at most (RFC 9113, section 9.1), and what is known of who speaks it;
/// any thread.
final class SharedConnections: Sendable {
  private struct State {
    var open: [String: SharedConnection] = [:]
    /// Somebody is connecting, and what comes of it others may use, too.
    var opening: [String: Signal] = [:]
    /// These choose HTTP/1.1, so that nobody need wait for anybody.
    var preferHTTP11: Set<String> = []
    /// These have asked for HTTP/1.1 and are offered nothing else.
    var needHTTP11: Set<String> = []
    /// Also those that take no more requests, until they have ended.
    var all: [SharedConnection] = []
  }

  /// Who makes the connection to an origin.
  enum Turn {
    /// The asker; `finish` says that it is done.
    case own(Signal)
    /// Somebody else; the signal says that it is done.
    case other(Signal)
    /// Everybody for himself.
    case each
  }

  private let state = Mutex(State())

  /// One that takes requests; nil when there is none.
  func connection(to origin: String) -> SharedConnection? {
    state.withLock { state in
      guard let connection = state.open[origin] else { return nil }
      if connection.isOpen { return connection }
      state.open[origin] = nil
      return nil
    }
  }

  func turn(toConnectTo origin: String) -> Turn {
    state.withLock { state in
      if state.preferHTTP11.contains(origin) { return .each }
      if let signal = state.opening[origin] { return .other(signal) }
      let signal = Signal()
      guard signal.isThere else { return .each }
      state.opening[origin] = signal
      return .own(signal)
    }
  }

  func finish(_ signal: Signal, _ origin: String) {
    state.withLock { $0.opening[origin] = nil }
    signal.send()
  }

  /// The one to use from now on: this, or one that has come to be meanwhile, and then this is at its end.
  func keep(_ connection: SharedConnection, _ origin: String) -> SharedConnection {
    let kept = state.withLock { state in
      state.preferHTTP11.remove(origin)
      state.all.removeAll { $0.hasEnded }
      if let other = state.open[origin], other.isOpen { return other }
      state.open[origin] = connection
      state.all.append(connection)
      return connection
    }
    if kept !== connection { connection.end() }
    return kept
  }

  /// Ends them all, and their threads.
  func end() {
    for connection in state.withLock({ $0.all }) { connection.end() }
  }

  func noteHTTP11(_ origin: String) { state.withLock { _ = $0.preferHTTP11.insert(origin) } }

  func requireHTTP11(_ origin: String) {
    state.withLock { state in
      state.needHTTP11.insert(origin)
      state.preferHTTP11.insert(origin)
    }
  }

  func needsHTTP11(_ origin: String) -> Bool { state.withLock { $0.needHTTP11.contains(origin) } }
}
