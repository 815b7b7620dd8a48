internal import FoundationEssentials

extension HTTPResponse {
  /// The body as JSON of that shape; nil for any other body.
  ///
  /// A service's list of what it did not take, for ``PartOutcome/listed(_:of:others:)``. Anybody may have answered, so
  /// every member should be optional, and no text of it may come into a detail but by `fieldName` of `String`.
  public func json<Answer: Decodable>(_ type: Answer.Type) -> Answer? {
    try? JSONDecoder().decode(type, from: Data(body))
  }
}

extension String {
  /// The text where it can be the name of a field, such as `properties.time`, for a detail.
  ///
  /// nil where it is longer than 64 bytes or has other characters: a service may quote a value, which no detail holds.
  public var fieldName: String? {
    let isPlain = utf8.allSatisfy { byte in
      byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
        || "_.$".utf8.contains(byte)
    }
    return isPlain && (1...64).contains(utf8.count) ? self : nil
  }
}
