/// Why a destination is kept from running after its adapter failed again and again.
package struct Quarantine: Codable, Sendable, Equatable {
  /// RFC 3339, UTC.
  package let since: String
  /// The last failure, in the host's words; no value of an event.
  package let reason: String

  var text: String { "its adapter failed again and again since \(since): \(reason)" }
}
