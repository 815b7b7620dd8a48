package import Cryptography
internal import Synchronization

/// Makes connections that are no HTTP for one destination's adapter, by the same rules as its requests; any thread.
package final class ConnectionEgress: Sendable {
  let rules: EgressRules
  private let connector: Connector
  private let tally = Mutex(EgressCounts())

  /// Throws when the certificates to trust cannot be read.
  package init(_ rules: EgressRules) throws(TLSError) {
    self.rules = rules
    let context = try TLSClientContext(additionalTrust: rules.additionalTrust)
    connector = Connector(rules: rules, context: context)
  }

  /// Of all workers of the destination, one after the other.
  package var counts: EgressCounts { tally.withLock { $0 } }

  func count(_ change: (inout EgressCounts) -> Void) { tally.withLock { change(&$0) } }

  /// Checks, looks up, connects, and with TLS sees the certificate proved.
  func connect(
    to target: ConnectionTarget, _ patience: Patience
  ) throws(EgressFailure) -> Connection {
    try rules.check(target)
    let connection = try connector.connect(to: target, patience)
    count { $0.connections += 1 }
    return connection
  }
}
