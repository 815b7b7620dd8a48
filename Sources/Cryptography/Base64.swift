/// Base64 of RFC 4648 section 4: the standard alphabet, padded; reads canonical text only.
package enum Base64 {
  /// Appends the text of the bytes; 4 characters for each 3 bytes or part of them.
  package static func encode(_ bytes: RawSpan, appendingTo out: inout [UInt8]) {
    Base64Codec.standard.encode(bytes, appendingTo: &out)
  }

  package static func encode(_ bytes: RawSpan) -> String {
    var text: [UInt8] = []
    encode(bytes, appendingTo: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the bytes; throws `notBase64`, with nothing appended, at any other character, a
  /// missing padding, or unused bits that are not zero.
  package static func decode(
    _ text: RawSpan, appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    try Base64Codec.standard.decode(text, appendingTo: &out)
  }

  /// How many characters encode that many bytes.
  package static func encodedLength(of count: Int) -> Int { (count + 2) / 3 * 4 }
}

/// Base64url of RFC 4648 section 5, never padded, as JOSE has it; reads canonical text only.
package enum Base64URL {
  /// Appends the text of the bytes.
  package static func encode(_ bytes: RawSpan, appendingTo out: inout [UInt8]) {
    Base64Codec.url.encode(bytes, appendingTo: &out)
  }

  package static func encode(_ bytes: RawSpan) -> String {
    var text: [UInt8] = []
    encode(bytes, appendingTo: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the bytes; throws `notBase64`, with nothing appended, at any other character, a
  /// padding, or unused bits that are not zero.
  package static func decode(
    _ text: RawSpan, appendingTo out: inout [UInt8]
  ) throws(CryptographyError) {
    try Base64Codec.url.decode(text, appendingTo: &out)
  }

  /// How many characters encode that many bytes.
  package static func encodedLength(of count: Int) -> Int { (count * 4 + 2) / 3 }
}
