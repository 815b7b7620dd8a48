package import Cryptography
internal import HTTP2
internal import HTTPWire

/// Sends requests for one destination's adapter: only where the rules allow, and to the very address that was checked.
///
/// URLSession cannot be used for that: it looks a name up itself, after any check. Any thread, several at once; blocks
/// until the answer is there or the deadline has passed. The process has to ignore SIGPIPE.
package final class HTTPEgress: Sendable {
  private let rules: EgressRules
  private let links: Links
  private let tally = EgressTally()

  /// Throws when the certificates to trust cannot be read.
  package init(_ rules: EgressRules) throws(TLSError) {
    self.rules = rules
    links = try Links(rules, tally)
  }

  package var counts: EgressCounts { tally.counts }

  /// Why HTTP/2 is offered to no server, and how to mend that; nil when it is.
  package static var http2Absence: String? {
    do throws(HTTP2Error) {
      _ = try HTTP2Library.shared.get()
      return nil
    } catch { return "\(error)" }
  }

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
      tally.count { $0.failures[error.kind, default: 0] += 1 }
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

  private static let mostTries = 3

  /// Over a connection that is there, or a new one; once more where that does no harm.
  private func answer(
    to request: CheckedRequest, _ patience: Patience
  ) throws(EgressFailure) -> EgressResponse {
    for attempt in 1... {
      let isLast = attempt == HTTPEgress.mostTries
      let response =
        switch try links.link(to: request.url, isFresh: attempt > 1, patience) {
        case .alone(let connection): try exchange(request, connection, patience, isLast: isLast)
        case .shared(let connection): try exchange(request, connection, patience, isLast: isLast)
        }
      if let response {
        tally.count { $0.responses[response.status / 100, default: 0] += 1 }
        return response
      }
    }
    throw .hungUp
  }

  /// Nil when it may be tried again.
  private func exchange(
    _ request: CheckedRequest, _ connection: Connection, _ patience: Patience, isLast: Bool
  ) throws(EgressFailure) -> EgressResponse? {
    defer {
      tally.count {
        $0.requests += 1
        $0.sentBytes += connection.sent
        $0.receivedBytes += connection.received
      }
    }
    do throws(EgressFailure) {
      let outcome = try Exchange(
        connection: connection, request: request, rules: rules, patience: patience
      ).run()
      if outcome.isReusable {
        links.give(connection, request.url.origin)
      } else {
        connection.close()
      }
      return outcome.response
    } catch {
      // The server may have hung up just now. What it has perhaps read is not sent again unless it may be.
      let isUnseen =
        connection.isReused && connection.received == 0
        && (connection.sent == 0 || request.isRepeatable)
      guard !isLast, error.kind == .unavailable, isUnseen else { throw error }
      return nil
    }
  }

  /// Nil when it may be tried again.
  private func exchange(
    _ request: CheckedRequest, _ connection: SharedConnection, _ patience: Patience, isLast: Bool
  ) throws(EgressFailure) -> EgressResponse? {
    defer { tally.count { $0.requests += 1 } }
    do throws(SharedFailure) { return try connection.send(request, patience) } catch {
      if error.fate == .needsHTTP11 { links.requireHTTP11(request.url.origin) }
      guard !isLast, error.allowsAnother(request) else { throw error.failure }
      return nil
    }
  }
}
