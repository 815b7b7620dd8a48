internal import Glibc
package import HTTPWire

/// Who is at the other end of a connection.
package enum Peer: Sendable, Hashable {
  case address(IPAddress)
  /// A process of this machine, over a Unix socket.
  case local

  package var address: IPAddress? {
    if case .address(let address) = self { address } else { nil }
  }
}

extension Peer: CustomStringConvertible {
  package var description: String { address.map { "\($0)" } ?? "local" }
}

extension Peer {
  /// Whose process is at the other end of a Unix socket (SO_PEERCRED, unix(7)).
  package static func user(of socket: Int32) -> UInt32? {
    // `struct ucred`: pid, uid, gid.
    var peer: [UInt32] = [0, 0, 0]
    var size = socklen_t(12)
    guard unsafe getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, size == 12 else {
      return nil
    }
    return peer[1]
  }

  /// From what `accept` gave.
  init(_ storage: sockaddr_storage) {
    let bytes = unsafe withUnsafeBytes(of: storage) { unsafe Array($0) }
    switch Int32(storage.ss_family) {
    case AF_INET: self = IPAddress(bytes: Array(bytes[4..<8])).map { .address($0) } ?? .local
    case AF_INET6:
      self = IPAddress(bytes: Array(bytes[8..<24])).map { .address($0.unmapped) } ?? .local
    default: self = .local
    }
  }
}
