internal import Glibc

/// An address of the Internet Protocol, version 4 or 6.
package struct IPAddress: Sendable, Hashable {
  /// 4 or 16, in the network's order.
  package let bytes: [UInt8]

  package init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// From the usual form of either version; nil for a name.
  package init?(_ text: String) {
    var buffer = [UInt8](repeating: 0, count: 16)
    if unsafe inet_pton(AF_INET, text, &buffer) == 1 {
      bytes = Array(buffer[..<4])
    } else if unsafe inet_pton(AF_INET6, text, &buffer) == 1 {
      bytes = buffer
    } else {
      return nil
    }
  }

  /// The address that an IPv6 socket shows for one of version 4 (`::ffff:192.0.2.1`) is that address.
  package var unmapped: IPAddress {
    let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    guard bytes.count == 16, bytes.starts(with: prefix) else { return self }
    return IPAddress(bytes: Array(bytes[12...])) ?? self
  }
}

extension IPAddress: CustomStringConvertible {
  /// The usual form (RFC 5952 for version 6), without brackets.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    let end = unsafe inet_ntop(family, bytes, &text, socklen_t(text.count))
    return unsafe end.map { unsafe String(cString: $0) } ?? ""
  }
}
