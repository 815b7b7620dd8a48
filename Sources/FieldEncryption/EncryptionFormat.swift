/// What an encrypted value looks like.
package enum EncryptionFormat: String, Codable, CaseIterable, Sendable {
  /// Raw when the value fits the key, else JWE; the default.
  case auto
  /// Padded base64 of the RSAES-OAEP ciphertext; a value that does not fit is an error.
  case oaep
  /// JWE compact serialization (RFC 7516): any length, names its key, keeps the JSON type.
  case jwe
}
