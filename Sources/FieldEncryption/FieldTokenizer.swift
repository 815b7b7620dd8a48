package import Cryptography
internal import EventJSON
internal import Foundation

/// Puts tokens in the place of values: equal values, equal tokens; one per thread.
///
/// A token is `tk1_<kid8>_<base64url of 24 bytes>`: the first 24 bytes of HMAC-SHA-256 of the normalised value:
/// a string's text in Normalization Form C, any other value's exact JSON text. It is for joins and counts, and no de-identification: whoever has the
/// key can try values.
package struct FieldTokenizer: ~Copyable {
  /// Of every token: `tk1_`, 8, `_`, 32.
  package static let tokenLength = 45

  private var code: HMACSHA256
  /// `"tk1_<kid8>_`.
  private let head: [UInt8]
  private let maximumStringLength: Int
  /// The text of a string with escapes; kept for its memory.
  private var text: [UInt8] = []

  /// Makes the one context.
  ///
  /// - Parameter maximumStringLength: the most characters the destination takes in a string.
  /// - Throws: `CryptographyError.libraryFailed`.
  package init(key: TokenKey, maximumStringLength: Int) throws(CryptographyError) {
    code = try HMACSHA256(key: key.secret)
    head = Array("\"tk1_\(key.id)_".utf8)
    self.maximumStringLength = maximumStringLength
  }

  /// Appends the JSON string that takes the value's place, with its quotes.
  ///
  /// - Parameters:
  ///   - json: the exact JSON text of one valid value, never `null`.
  ///   - out: left as it was when this throws (`stringTooLong`).
  package mutating func tokenize(
    json: RawSpan, appendingTo out: inout [UInt8]
  ) throws(SealError) {
    guard Self.tokenLength <= maximumStringLength else {
      throw .stringTooLong(length: Self.tokenLength, maximum: maximumStringLength)
    }
    let digest = authenticate(json)
    out.append(contentsOf: head)
    unsafe Base64URL.encode(digest.span.bytes.extracting(first: 24), appendingTo: &out)
    out.append(UInt8(ascii: "\""))
  }

  /// The code of the normalised value: a string as its text in Unicode's Normalization Form C, any other value as
  /// its exact JSON text; nothing is trimmed and no case is folded.
  private mutating func authenticate(_ json: RawSpan) -> [UInt8] {
    guard json.byteCount >= 2, json.byte(0) == UInt8(ascii: "\"") else {
      return code.authenticate(json)
    }
    let content = json.extracting(1..<json.byteCount - 1)
    guard content.contains(UInt8(ascii: "\\")) else { return authenticate(text: content) }
    var unescaped: [UInt8] = []
    swap(&unescaped, &text)
    defer { swap(&unescaped, &text) }
    unescaped.removeAll(keepingCapacity: true)
    // A lone surrogate is no text: then the JSON text stands for itself, with its quotes.
    guard JSONString.unescape(content, appendingTo: &unescaped) else {
      return code.authenticate(json)
    }
    return unsafe authenticate(text: unescaped.span.bytes)
  }

  private mutating func authenticate(text: RawSpan) -> [UInt8] {
    guard text.mayNeedComposing else { return code.authenticate(text) }
    let composed = unsafe text.withUnsafeBytes {
      unsafe Array(String(decoding: $0, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
    }
    return unsafe code.authenticate(composed.span.bytes)
  }
}

extension RawSpan {
  /// Below U+0300 every text is in Normalization Form C already: its lead byte is 0xCC (UAX #15, NFC_Quick_Check).
  fileprivate var mayNeedComposing: Bool {
    unsafe withUnsafeBytes { unsafe $0.contains { $0 >= 0xCC } }
  }
}
