/// Where a stream is: `kafka://BROKER[:PORT][,BROKER[:PORT]…]/TOPIC[?group=NAME]`.
package struct KafkaAddress: Sendable, Equatable {
  /// `host:port` each, at least one; port 9092 where none was given.
  package let brokers: [String]
  package let topic: String
  /// The consumer group; nil where none was given.
  package let group: String?

  /// Reads an address; throws ``KafkaError/badAddress(_:)`` with what is wrong.
  package init(_ text: String) throws(KafkaError) {
    guard text.hasPrefix("kafka://") else {
      throw .badAddress("it does not begin with kafka://")
    }
    let rest = text.dropFirst("kafka://".count)
    guard let slash = rest.firstIndex(of: "/") else { throw .badAddress("it names no topic") }
    brokers = try Self.brokers(rest[..<slash])
    let parts = rest[rest.index(after: slash)...].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    topic = String(parts[0])
    guard Self.isName(topic) else {
      throw .badAddress("a topic has 1 to 249 of the characters A-Z a-z 0-9 . _ -")
    }
    group = parts.count == 2 ? try Self.group(parts[1]) : nil
  }

  /// Every broker is this machine, so that no bytes go over a network.
  package var isLoopback: Bool {
    brokers.allSatisfy { broker in
      let host = broker[..<(broker.lastIndex(of: ":") ?? broker.endIndex)]
      return host == "localhost" || host == "[::1]" || Self.isLoopbackIPv4(host)
    }
  }
}

// MARK: - Parts

extension KafkaAddress {
  private static func brokers(_ text: Substring) throws(KafkaError) -> [String] {
    var brokers: [String] = []
    for broker in text.split(separator: ",", omittingEmptySubsequences: false) {
      brokers.append(try self.broker(broker))
    }
    return brokers
  }

  private static func broker(_ text: Substring) throws(KafkaError) -> String {
    guard !text.contains("@") else {
      throw .badAddress("user names and passwords belong in the properties file")
    }
    let (host, port) = split(text)
    let isHost = host.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || ".-[]:_".contains($0))
    }
    guard !host.isEmpty, host != "[]", isHost, host.first == "[" || !host.contains(":") else {
      throw .badAddress("a broker is HOST or HOST:PORT")
    }
    guard let number = UInt16(port), number > 0 else {
      throw .badAddress("a broker's port is a number from 1 to 65535")
    }
    return "\(host):\(number)"
  }

  /// An IPv6 address stands in brackets.
  private static func split(_ text: Substring) -> (host: Substring, port: Substring) {
    let afterHost =
      text.first == "[" ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
    guard let colon = text[afterHost...].lastIndex(of: ":") else { return (text, "9092") }
    return (text[..<colon], text[text.index(after: colon)...])
  }

  private static func group(_ query: Substring) throws(KafkaError) -> String {
    guard query.hasPrefix("group="), !query.contains("&") else {
      throw .badAddress("group=NAME is the only option; all else belongs in the properties file")
    }
    let name = String(query.dropFirst("group=".count))
    guard isName(name) else {
      throw .badAddress("a group has 1 to 249 of the characters A-Z a-z 0-9 . _ -")
    }
    return name
  }

  private static func isName(_ text: String) -> Bool {
    (1...249).contains(text.utf8.count) && text != "." && text != ".."
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }

  private static func isLoopbackIPv4(_ host: Substring) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { $0 != nil }
  }
}
