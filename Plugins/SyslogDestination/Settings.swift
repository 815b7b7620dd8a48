internal import DestinationKit

/// The settings of one receiver of syslog messages.
struct Settings: DescribedSettings {
  /// How messages travel.
  enum Transport: String, CaseIterable, Sendable {
    /// RFC 5425: TLS, octet counting.
    case tls
    /// RFC 6587: TCP alone, octet counting; only where the operator allows it.
    case tcp
  }

  static let described = [
    Setting(
      "address", .string(), isRequired: true,
      summary: "The receiver, host:port; 6514 is the port of syslog over TLS."),
    Setting(
      "transport", .string(default: "tls", oneOf: Transport.allCases.map(\.rawValue)),
      summary: "tls, or tcp where the operator allows plain connections to private addresses."),
    Setting(
      "facility", .string(default: "local0", oneOf: Facility.allCases.map(\.rawValue)),
      summary: "The facility of every message."),
    Setting(
      "severity", .string(default: "info", oneOf: Severity.allCases.map(\.rawValue)),
      summary: "The severity of every message."),
    Setting("hostname", .string(default: "-"), summary: "Who sends, for the header; - for nobody."),
    Setting("app_name", .string(default: "sealpost"), summary: "The program, for the header."),
    Setting(
      "structured_data_id", .string(default: "sealpost@32473"),
      summary: "The name of the structured data: NAME@ENTERPRISE-NUMBER, with your own number."),
    Setting(
      "max_message_bytes", .integer(default: 8192, minimum: 480, maximum: 16_777_216),
      summary: "What the receiver keeps whole; a longer message is a dead letter, never cut."),
    Setting(
      "confirm", .boolean(default: false),
      summary: "Whether each batch ends its connection, to learn that the receiver read it all."),
    .timeout(),
  ]

  let host: String
  let port: UInt16
  let transport: Transport
  let header: MessageHeader
  let longestMessage: Int
  let isConfirmed: Bool
  let timeout: Duration
  let mapping: Mapping

  init(_ values: SettingValues) throws {
    (host, port) = try Self.address(try values.text("address"))
    transport = try values.choice("transport")
    let facility: Facility = try values.choice("facility")
    let severity: Severity = try values.choice("severity")
    header = MessageHeader(
      priority: facility.number * 8 + severity.number,
      hostname: try Self.word("hostname", values, longest: 255),
      appName: try Self.word("app_name", values, longest: 48),
      structuredDataID: try Self.structuredDataID(values))
    longestMessage = try values.integer("max_message_bytes")
    isConfirmed = values.flag("confirm")
    timeout = try values.timeout()
    mapping = try values.mapping()
  }
}

// MARK: - Checks

extension Settings {
  private static func address(_ text: String) throws -> (String, UInt16) {
    let problem = AdapterProblem.setting(
      "address", "it is not host:port.", mend: "Write it like logs.example.com:6514.")
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      port > 0
    else { throw problem }
    var host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains("/"), !text.hasPrefix("[") || host.contains(":") else {
      throw problem
    }
    return (String(host), port)
  }

  /// RFC 5424, section 6: printable ASCII, without a space.
  private static func word(
    _ name: String, _ values: SettingValues, longest: Int
  ) throws -> String {
    let word = try values.text(name)
    guard word.isPrintable(longest: longest) else {
      throw AdapterProblem.setting(
        name, "it is not 1 to \(longest) printable ASCII characters without a space.",
        mend: "Write a plain word, or - for none.")
    }
    return word
  }

  private static func structuredDataID(_ values: SettingValues) throws -> String {
    let name = "structured_data_id"
    let id = try word(name, values, longest: 32)
    let parts = id.split(separator: "@", omittingEmptySubsequences: false)
    let isPrivate =
      parts.count == 2 && parts[0].isParameterName && !parts[1].isEmpty
      && parts[1].utf8.allSatisfy { "0123456789.".utf8.contains($0) }
    guard isPrivate else {
      throw AdapterProblem.setting(
        name, "it is not NAME@NUMBER.", mend: "Write it like sealpost@32473, with your own number.")
    }
    return id
  }
}

/// RFC 5424, table 1.
enum Facility: String, CaseIterable, Sendable {
  case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit
  case alert, clock, local0, local1, local2, local3, local4, local5, local6, local7

  var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// RFC 5424, table 2.
enum Severity: String, CaseIterable, Sendable {
  case emerg, alert, crit, err, warning, notice, info, debug

  var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
