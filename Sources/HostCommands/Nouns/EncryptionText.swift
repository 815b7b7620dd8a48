internal import FieldEncryption

/// A destination's encryption as it is shown, for people and for programs.
enum EncryptionText {
  /// In one cell of a list.
  static func summary(_ encryption: EncryptionSettings) -> String {
    guard encryption.enabled else { return "off" }
    let tokens = encryption.tokenizedFields.map { "\($0) (token)" }
    let fields = (encryption.fields + tokens).joined(separator: ", ")
    return fields + (encryption.isWaitingForKey ? " (key pending: nothing is sent)" : "")
  }

  // MARK: - For people

  static func table(_ encryption: EncryptionSettings) -> Table {
    Table.pairs(
      [
        ("encryption", .init(encryption.enabled ? "on" : "off")),
        ("fields", .init(encryption.fields.joined(separator: ", "))),
      ] + tokens(encryption) + [("format", .init(encryption.format.rawValue))]
        + encryption.retiredKeys.map { ("retired key", cell($0)) }
        + [encryption.activeKey].compactMap(\.self).map { ("active key", cell($0)) }
        + [encryption.pendingKey].compactMap(\.self).map { ("pending key", cell($0)) })
  }

  private static func tokens(_ encryption: EncryptionSettings) -> [(String, Table.Cell)] {
    guard let tokens = encryption.tokens else { return [] }
    return [
      ("tokens", .init(tokens.fields.joined(separator: ", "))),
      ("token scope", .init(tokens.scope.rawValue)),
    ]
  }

  private static func cell(_ key: EncryptionKeyRecord) -> Table.Cell {
    .init(
      "\(key.kid), RSA \(key.bits), \(key.origin.rawValue), since \(key.activatedAt)"
        + (key.retiredAt.map { ", until \($0)" } ?? "") + (key.proof.map(text) ?? ""))
  }

  private static func cell(_ key: PendingKey) -> Table.Cell {
    .init(
      "\(key.kid), RSA \(key.bits), \(key.origin.rawValue), added \(key.addedAt), "
        + "its challenge is not answered")
  }

  private static func text(_ proof: EncryptionKeyRecord.Proof) -> String {
    switch proof {
    case .answered: ", challenge answered"
    case .readBack: ", its file was read back"
    case .skipped: ", without a challenge"
    }
  }

  // MARK: - For programs

  static func json(_ encryption: EncryptionSettings) -> JSONText {
    .object([
      ("enabled", .bool(encryption.enabled)), ("fields", .strings(encryption.fields)),
      ("tokenized_fields", .strings(encryption.tokenizedFields)),
      ("token_scope", .optional(encryption.tokens?.scope.rawValue)),
      ("format", .string(encryption.format.rawValue)),
      ("active_key", encryption.activeKey.map(json) ?? .null),
      ("pending_key", encryption.pendingKey.map { json($0, withChallenge: false) } ?? .null),
      ("retired_keys", .array(encryption.retiredKeys.map(json))),
    ])
  }

  private static func json(_ key: EncryptionKeyRecord) -> JSONText {
    .object([
      ("kid", .string(key.kid)), ("bits", .integer(key.bits)),
      ("origin", .string(key.origin.rawValue)), ("activated_at", .string(key.activatedAt)),
      ("retired_at", .optional(key.retiredAt)), ("proof", .optional(key.proof?.rawValue)),
      ("public_key_pem", .string(key.publicKeyPEM)),
    ])
  }

  static func json(_ key: PendingKey, withChallenge: Bool) -> JSONText {
    .object(
      [
        ("kid", .string(key.kid)), ("bits", .integer(key.bits)),
        ("origin", .string(key.origin.rawValue)), ("added_at", .string(key.addedAt)),
        ("public_key_pem", .string(key.publicKeyPEM)),
      ] + (withChallenge ? [("challenge", .string(key.challenge))] : []))
  }
}
