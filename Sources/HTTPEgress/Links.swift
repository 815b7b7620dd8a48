internal import Cryptography
internal import Glibc
internal import HTTP2
internal import HTTPWire

/// What a request goes over.
enum Link {
  /// A connection of HTTP/1.1, which the request has for itself.
  case alone(Connection)
  /// One of HTTP/2.
  case shared(SharedConnection)
}

/// Finds a connection that is there, or makes one; any thread.
///
/// HTTP/2 is offered to every server of https where the library is there, and the server chooses.
final class Links: Sendable {
  private let rules: EgressRules
  private let connector: Connector
  private let tally: EgressTally
  private let pool: ConnectionPool
  private let shared = SharedConnections()

  init(_ rules: EgressRules, _ tally: EgressTally) throws(TLSError) {
    self.rules = rules
    self.tally = tally
    connector = Connector(
      rules: rules, context: try TLSClientContext(additionalTrust: rules.additionalTrust))
    pool = ConnectionPool(most: rules.mostIdleConnections, time: rules.idleTime)
  }

  // Their threads keep them; and one that is let go here is not let go while the process ends.
  deinit { shared.end() }

  /// `isFresh`: none of HTTP/1.1 that has been used before.
  func link(
    to url: HTTPURL, isFresh: Bool, _ patience: Patience
  ) throws(EgressFailure) -> Link {
    let origin = url.origin
    if let connection = found(origin) { return .shared(connection) }
    if !isFresh, let connection = pool.take(origin) { return .alone(connection) }
    guard url.scheme == .https, rules.http2 != nil else { return try connect(to: url, patience) }
    switch shared.turn(toConnectTo: origin) {
    case .own(let signal):
      defer { shared.finish(signal, origin) }
      return try connect(to: url, patience)
    case .other(let signal):
      try patience.wait(for: POLLIN, on: signal.reading)
      if let connection = found(origin) { return .shared(connection) }
      return try connect(to: url, patience)
    case .each: return try connect(to: url, patience)
    }
  }

  /// Keeps a connection of HTTP/1.1 for another request.
  func give(_ connection: Connection, _ origin: String) { pool.give(connection, origin) }

  /// The server has asked for it.
  func requireHTTP11(_ origin: String) { shared.requireHTTP11(origin) }

  private func found(_ origin: String) -> SharedConnection? {
    shared.needsHTTP11(origin) ? nil : shared.connection(to: origin)
  }

  private func connect(
    to url: HTTPURL, _ patience: Patience
  ) throws(EgressFailure) -> Link {
    let origin = url.origin
    let library = shared.needsHTTP11(origin) ? nil : rules.http2
    let connection = try connector.connect(
      to: url, offering: library == nil ? ["http/1.1"] : ["h2", "http/1.1"],
      resuming: pool.session(origin), patience)
    tally.count { $0.connections += 1 }
    guard let library, connection.applicationProtocol == "h2" else {
      shared.noteHTTP11(origin)
      return .alone(connection)
    }
    tally.count { $0.http2Connections += 1 }
    let made = try SharedConnection(connection, library, rules, tally) { [pool] session in
      pool.keep(session, origin)
    }
    return .shared(shared.keep(made, origin))
  }
}
