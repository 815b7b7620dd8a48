extension WorkerConfiguration {
  /// Throws `settings` unless they satisfy the manifest's schema; without one nothing is known before the load.
  func checkSettings() throws(LoadError) {
    guard let document = manifest.settingsSchema else { return }
    try checkSettings(SettingsSchema(document))
  }

  /// The same against the descriptor's, before the adapter sees a setting.
  func checkSettings(against description: AdapterDescription) throws(LoadError) {
    guard manifest.settingsSchema == nil else { return }
    try checkSettings(SettingsSchema(text: description.settingsSchema))
  }

  private func checkSettings(_ schema: SettingsSchema?) throws(LoadError) {
    guard let schema else {
      throw .refusedByWorker(
        product: manifest.product,
        reason: "its settings_schema is no JSON Schema of an object, as destination_adapter.h has "
          + "it. Report it to the adapter's author.")
    }
    let complaints = manifest.complaints(
      aboutSettings: settingsJSON, schema,
      secrets: Set(grantedSecrets.map(\.name)).union(httpSecrets.keys))
    guard complaints.isEmpty else {
      throw .settings(
        product: manifest.product, destination: destinationID, complaints: complaints)
    }
  }
}
