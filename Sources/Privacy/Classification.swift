/// How sensitive what a matcher finds is.
package enum Classification: String, Codable, CaseIterable, Sendable {
  /// Highly restricted: kept out of destinations, never offered for encryption.
  case red
  /// Moderately restricted: what a destination may encrypt.
  case yellow
  /// Least restricted.
  case green
}
