internal import EventJSON

/// Decrypted bytes as the JSON text that may stand in a line.
///
/// Anybody can encrypt to a public key, so what comes out is hostile input like any other.
enum JSONValue {
  /// A JSON string of UTF-8 text; nil when the bytes are not UTF-8.
  static func string(_ text: [UInt8]) -> [UInt8]? {
    guard (try? UTF8Span(validating: text.span)) != nil else { return nil }
    var json: [UInt8] = []
    json.reserveCapacity(text.count + 2)
    json.append(UInt8(ascii: "\""))
    unsafe JSONString.escape(text.span.bytes, appendingTo: &json)
    json.append(UInt8(ascii: "\""))
    return json
  }

  /// JSON text as it is; nil when it is not exactly one JSON value.
  ///
  /// Line breaks between its tokens become spaces: a line stays one line. Inside a string of valid
  /// JSON there are none.
  static func text(_ json: [UInt8]) -> [UInt8]? {
    guard (try? JSONStringScanner.forEachString(in: unsafe json.span.bytes, { _ in })) != nil
    else { return nil }
    return json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
  }
}
