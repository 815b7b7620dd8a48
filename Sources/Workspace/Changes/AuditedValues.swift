internal import AuditLog
internal import FieldEncryption

/// How changes are told in the audit log: setting, old, new; never a secret.
enum AuditedValues {
  /// The longest value in bytes that is told whole; the digests cover the rest.
  static let longest = 96

  static func change(_ setting: String, _ old: String, _ new: String) -> AuditChange {
    AuditChange(setting: setting, old: shortened(old), new: shortened(new))
  }

  /// What differs between two lists of named values.
  static func difference(
    _ old: [(String, String)], _ new: [(String, String)]
  ) -> [AuditChange] {
    let before = Dictionary(old) { first, _ in first }
    let after = Dictionary(new) { first, _ in first }
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
      before[name] == after[name] ? nil : change(name, before[name] ?? "", after[name] ?? "")
    }
  }

  static func difference(
    _ old: EncryptionSettings, _ new: EncryptionSettings
  ) -> [AuditChange] {
    zip(values(old), values(new)).compactMap { old, new in
      old.1 == new.1
        ? nil : AuditChange(setting: "encryption.\(old.0)", old: old.1, new: new.1)
    }
  }

  private static func values(_ settings: EncryptionSettings) -> [(String, String)] {
    [
      ("enabled", String(settings.enabled)),
      ("fields", settings.fields.joined(separator: ", ")),
      ("tokenized_fields", settings.tokenizedFields.joined(separator: ", ")),
      ("token_scope", settings.tokens?.scope.rawValue ?? ""),
      ("format", settings.format.rawValue),
      ("active_key", settings.activeKey?.kid ?? ""),
      ("active_key_proof", settings.activeKey?.proof?.rawValue ?? ""),
      ("pending_key", settings.pendingKey?.kid ?? ""),
      ("retired_keys", settings.retiredKeys.map(\.kid).joined(separator: ", ")),
    ]
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > longest else { return text }
    var kept = ""
    for character in text {
      guard kept.utf8.count + character.utf8.count <= longest else { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
