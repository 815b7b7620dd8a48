internal import HTTP2
internal import HTTPWire

/// What one destination's adapter may reach, and at what cost; nothing is allowed that is not named.
package struct EgressRules: Sendable {
  /// A host that may be reached.
  package struct Host: Sendable, Hashable {
    let name: String
    /// Nil for the port of the scheme.
    let port: UInt16?

    /// From `name`, `name:port` or `address`, as a manifest has it.
    package init?(_ text: String) {
      guard let url = try? HTTPURL("https://\(text)"), url.target == "/" else { return nil }
      name = url.host
      port = text.hasSuffix(":\(url.port)") ? url.port : nil
    }

    /// The host and port of a URL, as a setting has it; a placeholder may stand behind the host.
    package init?(url text: String) {
      let front = text.range(of: "{{").map { String(text[..<$0.lowerBound]) } ?? text
      guard let url = try? HTTPURL(front) else { return nil }
      name = url.host
      port = url.port
    }
  }

  package var hosts: Set<Host>
  /// Also loopback, private and shared addresses; the operator's choice for the destination.
  package var allowsPrivateAddresses = false
  /// Also `http`; the operator's choice for the destination.
  package var allowsPlainHTTP = false
  /// Connections that are no HTTP may go without TLS, to private addresses alone; the operator's choice likewise.
  package var allowsPlainConnections = false
  /// A file of certificates (PEM) to trust beside the system's.
  package var additionalTrust: String?
  /// What placeholders stand for, by name.
  package var secrets: [String: [UInt8]] = [:]

  /// Who says which addresses a name has: the system's resolver, or a test's.
  var resolve: @Sendable (String) -> [IPAddress] = NameLookup.resolve

  /// For name, connection and TLS together.
  package var connectTimeout = Duration.seconds(10)
  package var longestRequestBody = 64 << 20
  package var longestResponseBody = 1 << 20
  package var mostRedirects = 5
  package var mostIdleConnections = 4
  /// After which an idle connection is not used again: servers close theirs soon after.
  package var idleTime = Duration.seconds(30)
  /// Connections that are no HTTP, of one worker, at once.
  package var mostConnections = 4
  /// After which a connection that is no HTTP is closed when nobody uses it.
  package var connectionIdleTime = Duration.seconds(300)
  /// What goes out as User-Agent unless the adapter says it.
  package var userAgent = "sealpost"

  /// What HTTP/2 is spoken with; without it HTTP/1.1 alone is offered.
  var http2 = try? HTTP2Library.shared.get()

  package init(hosts: Set<Host>) { self.hosts = hosts }

  /// Of an answer.
  var limits: WireLimits {
    var limits = WireLimits()
    limits.body = longestResponseBody
    return limits
  }

  /// Throws unless a connection may be made there at all; its addresses are looked at later.
  func check(_ target: ConnectionTarget) throws(EgressFailure) {
    guard target.isSecure || allowsPlainConnections else {
      throw EgressFailure(
        .refused,
        "a connection without TLS is not allowed here. Use TLS, or allow it for the destination.")
    }
    guard hosts.contains(where: { $0.name == target.host && $0.port == target.port }) else {
      throw EgressFailure(
        .refused,
        "the host and port are none that adapter.json names and the operator approved. Approve them, or correct the settings."
      )
    }
  }

  /// Throws unless the URL may be asked at all; its addresses are looked at later.
  func check(_ url: HTTPURL) throws(EgressFailure) {
    guard url.scheme == .https || allowsPlainHTTP else {
      throw EgressFailure(
        .refused,
        "http without TLS is not allowed here. Use https, or allow it for the destination.")
    }
    let isAllowed = hosts.contains {
      $0.name == url.host && ($0.port ?? url.scheme.defaultPort) == url.port
    }
    guard isAllowed else {
      throw EgressFailure(
        .refused,
        "the host is not one that adapter.json names and the operator approved. Approve it, or correct the URL."
      )
    }
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
