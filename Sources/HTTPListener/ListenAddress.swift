internal import Glibc
package import HTTPWire

/// Where a listener waits for connections.
package enum ListenAddress: Sendable, Hashable {
  /// Port 0 lets the system choose.
  case tcp(IPAddress, port: UInt16)
  /// A Unix socket's path.
  case unix(String)

  /// From `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/run/sealpost.sock`; nil for anything else.
  ///
  /// No other name is looked up: what is listened on should not depend on a resolver.
  package init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard path.hasPrefix("/"), path.utf8.count < ListenAddress.longestPath,
        !path.utf8.contains(0)
      else { return nil }
      self = .unix(path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits), let address = ListenAddress.address(text[..<colon])
    else { return nil }
    self = .tcp(address, port: port)
  }

  /// Whether only this machine can reach it.
  package var isLocal: Bool {
    switch self {
    case .unix: true
    case .tcp(let address, _):
      address.bytes.count == 4 ? address.bytes[0] == 127 : address == IPAddress("::1")
    }
  }

  /// What `sockaddr_un` holds.
  static var longestPath: Int { 108 }

  private static func address(_ host: Substring) -> IPAddress? {
    if host == "localhost" { return IPAddress("127.0.0.1") }
    guard host.hasPrefix("["), host.hasSuffix("]") else {
      return IPAddress(String(host)).flatMap { $0.bytes.count == 4 ? $0 : nil }
    }
    return IPAddress(String(host.dropFirst().dropLast()))
      .flatMap { $0.bytes.count == 16 ? $0 : nil }
  }
}

extension ListenAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let address, let port):
      address.bytes.count == 16 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
  }
}
