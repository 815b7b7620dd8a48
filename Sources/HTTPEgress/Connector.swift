internal import Cryptography
internal import HTTPWire

/// Makes a connection to the very address that was checked: looked up once, so that no second answer can differ.
struct Connector: Sendable {
  let rules: EgressRules
  let context: TLSClientContext

  func connect(
    to url: HTTPURL, offering protocols: [String], resuming session: TLSSession?,
    _ patience: Patience
  ) throws(EgressFailure) -> Connection {
    let target = ConnectionTarget(host: url.host, port: url.port, isSecure: url.scheme == .https)
    return try connect(to: target, offering: protocols, resuming: session, patience) {
      [rules] address in
      address.reach == .global || address.reach == .private && rules.allowsPrivateAddresses
    }
  }

  /// Without TLS only to private addresses: in the open network anybody could read along.
  func connect(
    to target: ConnectionTarget, _ patience: Patience
  ) throws(EgressFailure) -> Connection {
    try connect(to: target, offering: [], resuming: nil, patience) { [rules] address in
      address.reach == .global && target.isSecure
        || address.reach == .private && rules.allowsPrivateAddresses
    }
  }

  private func connect(
    to target: ConnectionTarget, offering protocols: [String], resuming session: TLSSession?,
    _ patience: Patience, where mayBe: (IPAddress) -> Bool
  ) throws(EgressFailure) -> Connection {
    let patience = patience.atMost(rules.connectTimeout)
    let found = try NameLookup.addresses(of: target.host, by: rules.resolve, patience)
    let addresses = try allowed(found, target, mayBe)
    var failure: EgressFailure?
    for (index, address) in addresses.enumerated() {
      // An address that does not answer leaves time for the others.
      let left = ContinuousClock.now.duration(to: patience.deadline)
      let share = patience.atMost(left / (addresses.count - index))
      do throws(EgressFailure) {
        let connection = Connection(try Socket(to: address, port: target.port, share))
        if target.isSecure {
          try connection.secure(
            context, as: target.host, offering: protocols, resuming: session, share)
          if let chosen = connection.applicationProtocol, !protocols.contains(chosen) {
            throw EgressFailure(.unavailable, "the server chose a protocol that was not offered")
          }
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
  private func allowed(
    _ addresses: [IPAddress], _ target: ConnectionTarget, _ mayBe: (IPAddress) -> Bool
  ) throws(EgressFailure) -> [IPAddress] {
    let allowed = addresses.filter(mayBe)
    guard allowed.isEmpty else { return allowed }
    if addresses.contains(where: { $0.reach == .global }) {
      throw EgressFailure(
        .refused, "the host's address is not private, and a connection to it needs TLS. Use TLS.")
    }
    let isNever = addresses.allSatisfy { $0.reach == .never }
    throw EgressFailure(
      .refused,
      isNever
        ? "the host's address is link-local, multicast or reserved, which no destination may be."
        : "the host's address is private or this machine's. Allow it for the destination, or correct the URL."
    )
  }
}
