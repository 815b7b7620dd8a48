/// What is done with the values of one key on their way to one destination.
package enum KeyAction: String, Sendable, CaseIterable {
  /// Sent as it is.
  case pass
  /// A ciphertext takes its place; `null` stays `null`.
  case encrypt
  /// A token takes its place: equal values have equal tokens; `null` stays `null`.
  case tokenize
  /// Key and value are left out, whatever the value is.
  case remove
}
