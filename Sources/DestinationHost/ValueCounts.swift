/// What became of classified values on their way to one destination.
package struct ValueCounts: Sendable, Equatable {
  /// A ciphertext took their place.
  package var encrypted = 0
  /// A token took their place.
  package var tokenized = 0
  /// They were left out with their keys; one within another that is left out counts with that.
  package var removed = 0

  package init() {}

  package static func += (a: inout ValueCounts, b: ValueCounts) {
    a.encrypted += b.encrypted
    a.tokenized += b.tokenized
    a.removed += b.removed
  }
}
