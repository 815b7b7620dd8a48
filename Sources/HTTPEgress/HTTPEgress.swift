package import Cryptography
internal import HTTPWire
internal import Synchronization

/// Sends requests for one destination's adapter: only where the rules allow, and to the very address that was checked.
///
/// URLSession cannot be used for that: it looks a name up itself, after any check. Any thread, several at once; blocks
/// until the answer is there or the deadline has passed. The process has to ignore SIGPIPE.
package final class HTTPEgress: Sendable {
  private let rules: EgressRules
  private let connector: Connector
  private let pool: ConnectionPool
  private let tally = Mutex(EgressCounts())

  /// Throws when the certificates to trust cannot be read.
  package init(_ rules: EgressRules) throws(TLSError) {
    self.rules = rules
    connector = Connector(
      rules: rules, context: try TLSClientContext(additionalTrust: rules.additionalTrust))
    pool = ConnectionPool(most: rules.mostIdleConnections, time: rules.idleTime)
  }

  package var counts: EgressCounts { tally.withLock { $0 } }

  /// Sends the request and waits for the answer, whatever its status.
  ///
  /// `interrupt` is a descriptor whose other end goes away when nobody waits any more: then this ends, too.
  package func send(
    _ request: EgressRequest, by deadline: ContinuousClock.Instant, interrupt: Int32 = -1
  ) throws(EgressFailure) -> EgressResponse {
    do throws(EgressFailure) {
      let patience = Patience(deadline: deadline, interrupt: interrupt)
      return try follow(try CheckedRequest(request, rules), patience)
    } catch {
      tally.withLock { $0.failures[error.kind, default: 0] += 1 }
      throw error
    }
  }

  private func follow(
    _ first: CheckedRequest, _ patience: Patience
  ) throws(EgressFailure) -> EgressResponse {
    var request = first
    for _ in 0...rules.mostRedirects {
      let response = try answer(to: request, patience)
      guard [301, 302, 303, 307, 308].contains(response.status),
        let location = HTTPFields(response.fields)["location"],
        let next = try request.redirected(response.status, to: location, rules)
      else { return response }
      request = next
    }
    throw EgressFailure(.unavailable, "there are more than \(rules.mostRedirects) redirects")
  }

  /// Over a connection that is there, or a new one; a second time over a new one where that does no harm.
  private func answer(
    to request: CheckedRequest, _ patience: Patience
  ) throws(EgressFailure) -> EgressResponse {
    if let connection = pool.take(request.url.origin) {
      do throws(EgressFailure) {
        return try exchange(request, connection, patience)
      } catch {
        // The server may have hung up just now. What it has perhaps read is not sent again unless it may be.
        let isUnseen = connection.received == 0 && (connection.sent == 0 || request.isRepeatable)
        guard error.kind == .unavailable, isUnseen else { throw error }
      }
    }
    let origin = request.url.origin
    let connection = try connector.connect(
      to: request.url, resuming: pool.session(origin), patience)
    tally.withLock { $0.connections += 1 }
    return try exchange(request, connection, patience)
  }

  private func exchange(
    _ request: CheckedRequest, _ connection: Connection, _ patience: Patience
  ) throws(EgressFailure) -> EgressResponse {
    defer {
      tally.withLock {
        $0.requests += 1
        $0.sentBytes += connection.sent
        $0.receivedBytes += connection.received
      }
    }
    let outcome = try Exchange(
      connection: connection, request: request, rules: rules, patience: patience
    ).run()
    tally.withLock { $0.responses[outcome.response.status / 100, default: 0] += 1 }
    if outcome.isReusable {
      pool.give(connection, request.url.origin)
    } else {
      connection.close()
    }
    return outcome.response
  }
}
