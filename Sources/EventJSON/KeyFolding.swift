/// The one rule by which two spellings of a key are the same key.
///
/// Folded are: ASCII letters to lower case; the separators space, `_`, `-` and `.` are dropped, wherever they stand.
/// Every other byte stays as it is (no Unicode case mapping, no normalisation), so that the rule is the same in
/// every language that reads the documentation. `date_of_birth`, `dateOfBirth` and `Date of Birth` are one key.
package enum KeyFolding {
  /// The folded spelling of `key`.
  package static func fold(_ key: String) -> String {
    String(decoding: key.utf8.lazy.filter { !isSeparator($0) }.map(lowercase), as: UTF8.self)
  }

  @inline(__always)
  static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ")
      || byte == UInt8(ascii: ".")
  }

  @inline(__always)
  static func lowercase(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
