extension WorkerConfiguration {
  /// A host that the manifest names, or that a setting's URL names for it.
  package enum HTTPHost: Sendable, Equatable {
    /// `name` or `name:port`.
    case named(String)
    case ofURL(String)
  }

  /// The hosts to which the adapter may have requests sent: what the operator approved, with this destination's settings
  /// put in.
  package var httpHosts: [HTTPHost] {
    let settings = SettingWords(settingsJSON)
    return manifest.permissions.http.compactMap { permission in
      guard permission.hasPrefix(FilePermission.settingPrefix) else { return .named(permission) }
      return settings.text(String(permission.dropFirst(FilePermission.settingPrefix.count)))
        .map { .ofURL($0) }
    }
  }

  /// The secrets that go into its requests and not to it.
  package var httpSecrets: [String: [UInt8]] {
    secrets.filter { manifest.permissions.httpSecrets.contains($0.key) }
  }
}
