/// Settings of a destination that are the host's and not its adapter's: what it may reach beyond what adapter.json says.
///
/// They stand among its settings under names that no adapter's setting can have, so they are set, shown and audited
/// with them; the adapter is not given them.
package enum HostSetting: String, CaseIterable, Sendable {
  /// Requests may go to this machine and to private networks.
  case allowPrivateAddresses = "host.allow_private_addresses"
  /// Requests may go without TLS.
  case allowPlainHTTP = "host.allow_plain_http"
  /// Connections that are no HTTP may go without TLS, to private addresses alone.
  case allowPlainConnections = "host.allow_plain_connections"
  /// A file of certificates in PEM, absolute, to trust beside the system's.
  case trustedCertificates = "host.trusted_certificates"

  package static let prefix = "host."

  /// What its value has to be.
  package var expected: String {
    switch self {
    case .allowPrivateAddresses, .allowPlainHTTP, .allowPlainConnections: "true or false"
    case .trustedCertificates: "the absolute path of a file"
    }
  }

  func accepts(_ value: SettingValue) -> Bool {
    switch (self, value) {
    case (.allowPrivateAddresses, .bool), (.allowPlainHTTP, .bool),
      (.allowPlainConnections, .bool):
      true
    case (.trustedCertificates, .string(let path)):
      path.hasPrefix("/") && !path.utf8.contains(0) && path.utf8.count <= 4096
    default: false
    }
  }

  /// Throws `badHostSetting` for a setting of the host's that does not exist, or has another kind of value.
  static func check(_ name: String, _ value: SettingValue) throws(WorkspaceError) {
    guard let setting = HostSetting(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      throw .badHostSetting(
        String(name.prefix(64).filter { $0.isASCII }), expected: "there are: \(names)")
    }
    guard setting.accepts(value) else {
      throw .badHostSetting(name, expected: "it has to be \(setting.expected)")
    }
  }
}

extension Destination {
  /// Whether the operator has allowed it.
  package func allows(_ setting: HostSetting) -> Bool {
    settings[setting.rawValue] == .bool(true)
  }

  /// The text of a host's setting; nil when it is not set.
  package func text(_ setting: HostSetting) -> String? {
    guard case .string(let text)? = settings[setting.rawValue] else { return nil }
    return text
  }
}
