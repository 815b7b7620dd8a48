extension WorkerConfiguration {
  /// The `host:port` pairs to which the adapter may have connections made: what the operator approved, with this
  /// destination's settings put in.
  ///
  /// What a setting holds is anybody's text; the host's rules read it.
  package var connectionTargets: [String] {
    let settings = SettingWords(settingsJSON)
    return manifest.permissions.network.compactMap { permission in
      guard permission.hasPrefix(FilePermission.settingPrefix) else { return permission }
      return settings.text(String(permission.dropFirst(FilePermission.settingPrefix.count)))
    }
  }
}

/// The connections of one worker's adapter: opened for it, used for it, and closed when the worker is gone.
///
/// This module opens no socket itself.
package protocol WorkerConnections: AnyObject, Sendable {
  /// Does what the adapter asks for by the deadline, unless the other end of the descriptor goes away before.
  ///
  /// Called on the thread that uses the worker.
  func answer(
    _ call: ConnectionCall, by deadline: ContinuousClock.Instant, worker: Int32
  ) -> ConnectionAnswer

  /// Closes what is open; nothing is opened afterwards.
  func end()
}
