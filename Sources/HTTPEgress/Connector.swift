internal import Cryptography
internal import HTTPWire

/// Makes a connection to the very address that was checked: looked up once, so that no second answer can differ.
struct Connector: Sendable {
  let rules: EgressRules
  let context: TLSClientContext

  func connect(
    to url: HTTPURL, resuming session: TLSSession?, _ patience: Patience
  ) throws(EgressFailure) -> Connection {
    let patience = patience.atMost(rules.connectTimeout)
    let addresses = try allowed(try NameLookup.addresses(of: url.host, by: rules.resolve, patience))
    var failure: EgressFailure?
    for (index, address) in addresses.enumerated() {
      // An address that does not answer leaves time for the others.
      let left = ContinuousClock.now.duration(to: patience.deadline)
      let share = patience.atMost(left / (addresses.count - index))
      do throws(EgressFailure) {
        let connection = Connection(try Socket(to: address, port: url.port, share))
        if url.scheme == .https {
          try connection.secure(context, as: url.host, resuming: session, share)
        }
        return connection
      } catch {
        guard error.kind != .cancelled else { throw error }
        failure = error
      }
    }
    throw failure ?? EgressFailure(.unavailable, "the host's name has no address")
  }

  /// Those of the addresses that may be connected to.
  private func allowed(_ addresses: [IPAddress]) throws(EgressFailure) -> [IPAddress] {
    let allowed = addresses.filter {
      $0.reach == .global || $0.reach == .private && rules.allowsPrivateAddresses
    }
    guard allowed.isEmpty else { return allowed }
    let isNever = addresses.allSatisfy { $0.reach == .never }
    throw EgressFailure(
      .refused,
      isNever
        ? "the host's address is link-local, multicast or reserved, which no destination may be."
        : "the host's address is private or this machine's. Allow it for the destination, or correct the URL."
    )
  }
}
