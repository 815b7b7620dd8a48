/// Settings of a client from a file: one `name=value` a line, `#` begins a comment.
///
/// The form of Kafka's own `client.properties`, so that an existing file can be used. What the host's promises rest on
/// (offsets, acknowledgements, order) cannot be set, nor what would load code or show secrets; such a name is an error
/// with its line.
package struct KafkaProperties: Sendable {
  /// Name and value, in the file's order; a value may be a secret.
  package private(set) var entries: [(name: String, value: String)] = []

  /// No file: the library's defaults.
  package init() {}

  /// - Parameters:
  ///   - text: the file's bytes.
  ///   - path: for errors.
  package init(_ text: [UInt8], path: String) throws(KafkaError) {
    guard let text = String(validating: text, as: UTF8.self) else {
      throw .badProperties(path: path, line: 0, "it is no UTF-8 text. Write one name=value a line.")
    }
    for (index, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }
    ).enumerated() {
      try take(line, KafkaError.Place(path: path, line: index + 1))
    }
  }

  /// The value of a property; the last one wins, as in the library.
  package subscript(name: String) -> String? { entries.last { $0.name == name }?.value }

  /// Whether the connection to the brokers is encrypted.
  package var usesTLS: Bool {
    self["security.protocol"].map {
      $0.lowercased().hasSuffix("ssl") && !$0.lowercased().hasSuffix("plaintext")
    }
      ?? false
  }

  /// Whether the file itself says that the connection may be readable.
  package var saysPlaintext: Bool { self["security.protocol"] != nil && !usesTLS }

  private mutating func take(_ line: Substring, _ place: KafkaError.Place) throws(KafkaError) {
    let line = line.trimmed
    guard let first = line.first, first != "#", first != "!" else { return }
    guard let equals = line.firstIndex(of: "=") else {
      throw place.error("there is no \"=\" in it. Write name=value.")
    }
    let name = String(line[..<equals].trimmed)
    if let reason = Self.refusal(of: name) { throw place.error(reason) }
    let value = String(line[line.index(after: equals)...].trimmed)
    if Self.verification.contains(name), value.lowercased() != Self.verified[name] {
      throw place.error("\"\(name)\" would let anybody pose as a broker. Take the line out.")
    }
    entries.append((name, value))
  }
}

// MARK: - Which names are taken

extension KafkaProperties {
  /// Families of names that are the operator's to set.
  private static let families = [
    "ssl.ca.", "ssl.certificate.", "ssl.key.", "ssl.keystore.", "ssl.crl.", "sasl.oauthbearer.",
    "fetch.", "queued.", "socket.", "reconnect.", "retry.", "topic.metadata.", "broker.address.",
    "compression.", "batch.", "queue.buffering.",
  ]
  private static let names: Set<String> = [
    "security.protocol", "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.password",
    "ssl.cipher.suites", "ssl.curves.list", "ssl.sigalgs.list",
    "ssl.endpoint.identification.algorithm", "enable.ssl.certificate.verification", "client.id",
    "client.rack", "group.instance.id", "session.timeout.ms", "heartbeat.interval.ms",
    "max.poll.interval.ms", "max.partition.fetch.bytes", "isolation.level",
    "connections.max.idle.ms", "metadata.max.age.ms", "linger.ms", "delivery.timeout.ms",
    "message.timeout.ms", "request.timeout.ms", "message.max.bytes", "max.in.flight",
  ]
  private static let owned: Set<String> = [
    "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit",
    "auto.commit.interval.ms", "enable.auto.offset.store", "partition.assignment.strategy", "acks",
    "request.required.acks", "enable.idempotence", "partitioner", "enable.partition.eof",
    "auto.offset.reset", "check.crcs",
  ]
  private static let verification: Set<String> = [
    "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm",
  ]
  private static let verified = [
    "enable.ssl.certificate.verification": "true", "ssl.endpoint.identification.algorithm": "https",
  ]

  private static func refusal(of name: String) -> String? {
    let shown = Self.shown(name)
    if owned.contains(name) {
      return "\"\(shown)\" is the host's to set. Take the line out."
    }
    if name == "debug" || name.hasPrefix("log") {
      return "\"\(shown)\" could write what is secret into the log. Take the line out."
    }
    guard names.contains(name) || families.contains(where: name.hasPrefix) else {
      return "\"\(shown)\" is no property that may be set here. Take the line out."
    }
    return nil
  }

  private static func shown(_ name: String) -> String {
    let clean = name.unicodeScalars.filter { $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }
    return String(String.UnicodeScalarView(clean.prefix(60)))
  }
}

extension KafkaError {
  struct Place {
    let path: String
    let line: Int
    func error(_ reason: String) -> KafkaError { .badProperties(path: path, line: line, reason) }
  }
}

extension Substring {
  /// Without spaces, tabs and carriage returns around it.
  fileprivate var trimmed: Substring {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
    var text = drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
