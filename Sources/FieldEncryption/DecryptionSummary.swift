/// What a decryption run did; counts only.
package struct DecryptionSummary: Sendable, Equatable {
  /// Lines read, also empty ones and a last one without its line feed.
  package var lines = 0
  /// Values that were opened.
  package var opened = 0
  /// Values that have a sealed form and could not be decrypted; they were left as they are.
  package var failed = 0
  /// Lines that are neither empty nor JSON; they were passed on unchanged.
  package var notJSON = 0
  /// Lines longer than the limit; they were passed on unchanged and unread.
  package var tooLong = 0

  package init() {}
}
