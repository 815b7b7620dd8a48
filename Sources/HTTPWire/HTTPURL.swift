/// An absolute `http` or `https` URL (RFC 3986, RFC 9110 section 4.2), strict: what two readers might understand
/// differently is refused.
package struct HTTPURL: Sendable, Equatable {
  package enum Scheme: String, Sendable {
    case http, https

    package var defaultPort: UInt16 { self == .https ? 443 : 80 }
  }

  package let scheme: Scheme
  /// A name or an IPv4 address in lower case, or an IPv6 address without its brackets.
  package let host: String
  package let port: UInt16
  /// Path and query; begins with a slash.
  package let target: String

  /// What the Host field says: the port only where it is not the scheme's.
  package var authority: String {
    let name = isIPv6 ? "[\(host)]" : host
    return port == scheme.defaultPort ? name : "\(name):\(port)"
  }

  package var isIPv6: Bool { host.utf8.contains(ByteClass.colon) }

  /// Scheme, host and port: with whom one speaks.
  package var origin: String { "\(scheme.rawValue)://\(isIPv6 ? "[\(host)]" : host):\(port)" }
}

/// Why a text is no URL; never holds the text.
package struct URLProblem: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

// MARK: - Reading

extension HTTPURL {
  package init(_ text: String) throws(URLProblem) {
    guard text.utf8.count <= 8 << 10 else { throw URLProblem("the URL is longer than 8 KiB") }
    let lower = text.prefix(8).lowercased()
    let scheme: Scheme
    if lower.hasPrefix("https://") {
      scheme = .https
    } else if lower.hasPrefix("http://") {
      scheme = .http
    } else {
      throw URLProblem("the URL begins with neither https:// nor http://")
    }
    let rest = text.dropFirst(scheme.rawValue.count + 3)
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    (host, port) = try HTTPURL.authority(rest[..<end], scheme)
    self.scheme = scheme
    target = try HTTPURL.target(rest[end...])
  }

  private init(_ scheme: Scheme, _ host: String, _ port: UInt16, _ target: String) {
    (self.scheme, self.host, self.port, self.target) = (scheme, host, port, target)
  }

  private static func authority(
    _ text: Substring, _ scheme: Scheme
  ) throws(URLProblem) -> (String, UInt16) {
    guard !text.utf8.contains(UInt8(ascii: "@")) else {
      throw URLProblem("the URL holds a user name")
    }
    var (host, port): (Substring, Substring?) = (text, nil)
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else {
        throw URLProblem("the URL's host is malformed")
      }
      host = text[text.index(after: text.startIndex)..<close]
      let behind = text[text.index(after: close)...]
      guard behind.isEmpty || behind.hasPrefix(":") else {
        throw URLProblem("the URL's host is malformed")
      }
      port = behind.isEmpty ? nil : behind.dropFirst()
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    let name = host.lowercased()
    guard text.hasPrefix("[") ? isIPv6Address(name) : isName(name) else {
      throw URLProblem("the URL's host is malformed")
    }
    return (name, try number(port) ?? scheme.defaultPort)
  }

  private static func number(_ text: Substring?) throws(URLProblem) -> UInt16? {
    guard let text else { return nil }
    guard text.utf8.count <= 5, !text.isEmpty, text.utf8.allSatisfy(ByteClass.isDigit),
      let port = UInt16(text), port > 0
    else { throw URLProblem("the URL's port is not one of 1 to 65535") }
    return port
  }

  /// A path and a query; the fragment, which no server is to see, is cut off.
  private static func target(_ text: Substring) throws(URLProblem) -> String {
    let visible = text.prefix { $0 != "#" }
    let target = visible.hasPrefix("/") ? String(visible) : "/" + visible
    guard target.utf8.allSatisfy(ByteClass.isTarget) else {
      throw URLProblem("the URL holds a character that has to be percent-encoded")
    }
    return target
  }

  /// Labels of letters, digits and hyphens; one that ends in a number is an IPv4 address, or a trick (WHATWG URL, 3.5).
  private static func isName(_ name: String) -> Bool {
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...253).contains(name.utf8.count),
      labels.allSatisfy({ label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
          && label.utf8.allSatisfy { ByteClass.isName($0) }
      }), let last = labels.last
    else { return false }
    guard last.utf8.allSatisfy(ByteClass.isDigit) || last.hasPrefix("0x") else { return true }
    return labels.count == 4
      && labels.allSatisfy { UInt8($0).map(String.init) == String($0) }
  }

  /// The system's parser has the last word when it is connected to; here only its characters are looked at.
  private static func isIPv6Address(_ name: String) -> Bool {
    (2...45).contains(name.utf8.count) && name.utf8.contains(ByteClass.colon)
      && name.utf8.allSatisfy {
        ByteClass.hexadecimalValue($0) != nil || $0 == ByteClass.colon || $0 == UInt8(ascii: ".")
      }
  }
}

extension ByteClass {
  fileprivate static func isName(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || isDigit(byte)
      || byte == UInt8(ascii: "-")
  }
}

// MARK: - References

extension HTTPURL {
  /// Where a `Location` leads from here (RFC 3986, section 5.2): another URL, `//host`, a path, or a query.
  package func resolving(_ reference: String) throws(URLProblem) -> HTTPURL {
    let lower = reference.prefix(8).lowercased()
    if lower.hasPrefix("http://") || lower.hasPrefix("https://") { return try HTTPURL(reference) }
    if reference.hasPrefix("//") { return try HTTPURL("\(scheme.rawValue):\(reference)") }
    let head = reference.prefix { !"/?#".contains($0) }
    guard !head.contains(":") else {
      throw URLProblem("the redirect leads to another scheme than https and http")
    }
    let path = target.prefix { $0 != "?" }
    let target: Substring
    if reference.hasPrefix("/") {
      target = Substring(reference)
    } else if reference.hasPrefix("?") {
      target = path + reference
    } else if reference.isEmpty || reference.hasPrefix("#") {
      return self
    } else {
      target = path[...(path.lastIndex(of: "/") ?? path.startIndex)] + reference
    }
    return HTTPURL(scheme, host, port, try HTTPURL.target(Substring(HTTPURL.withoutDots(target))))
  }

  /// RFC 3986, section 5.2.4, for a path with its query.
  private static func withoutDots(_ target: Substring) -> String {
    let path = target.prefix { $0 != "?" && $0 != "#" }
    var kept: [Substring] = []
    let steps = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for (index, step) in steps.enumerated() {
      let isLast = index == steps.count - 1
      switch step {
      case ".": if isLast { kept.append("") }
      case "..":
        _ = kept.popLast()
        if isLast { kept.append("") }
      default: kept.append(step)
      }
    }
    return "/" + kept.joined(separator: "/") + target[path.endIndex...]
  }
}
