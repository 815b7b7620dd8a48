internal import HTTPWire

/// Where a connection goes, and whether with TLS.
package struct ConnectionTarget: Sendable, Equatable {
  /// A name in lower case, or an address; version 6 without brackets.
  package let host: String
  package let port: UInt16
  package let isSecure: Bool

  init(host: String, port: UInt16, isSecure: Bool) {
    (self.host, self.port, self.isSecure) = (host, port, isSecure)
  }

  /// From what an adapter asks for; nil for a host that is neither a name nor an address in their one spelling.
  package init?(asked host: String, port: UInt16, isSecure: Bool) {
    let isIPv6 = host.contains(":")
    let text = isIPv6 ? "[\(host)]" : host
    guard !isIPv6 || IPAddress(host) != nil, let url = try? HTTPURL("https://\(text):\(port)"),
      url.target == "/", url.port == port
    else { return nil }
    self.init(host: url.host, port: port, isSecure: isSecure)
  }
}

extension EgressRules.Host {
  /// From `name:port` or `[address]:port`, as a manifest or a setting has it; nil without a port.
  package init?(pair text: String) {
    guard let host = EgressRules.Host(text), host.port != nil else { return nil }
    self = host
  }
}
