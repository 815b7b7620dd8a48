internal import Cryptography

/// The protected header of a JWE (RFC 7516 section 4), as we write it and as we accept it.
struct JWEHeader: Equatable {
  static let algorithm = "RSA-OAEP-256"
  static let encryption = "A256GCM"

  var kid: String?
  /// Whether the plaintext is JSON text and not the text of a string.
  var isJSON = false

  /// The base64url text that stands first in the JWE and is authenticated.
  var encoded: [UInt8] {
    let key = kid.map { #","kid":"\#($0)""# } ?? ""
    let type = isJSON ? #","cty":"json""# : ""
    let text = #"{"alg":"\#(Self.algorithm)","enc":"\#(Self.encryption)"\#(key)\#(type)}"#
    var encoded: [UInt8] = []
    unsafe Base64URL.encode(Array(text.utf8).span.bytes, appendingTo: &encoded)
    return encoded
  }

  /// Nil unless the header names exactly our algorithms and nothing that we do not do.
  ///
  /// `zip`, `crit`, another `cty`, a name given twice, and a member that is not a plain string are
  /// refused; unknown members with plain strings (`typ`) are not.
  init?(json: [UInt8]) {
    guard let members = FlatObject(json)?.members, members["alg"] == Self.algorithm,
      members["enc"] == Self.encryption, members["zip"] == nil, members["crit"] == nil
    else { return nil }
    if let type = members["cty"] {
      guard type == "json" else { return nil }
      isJSON = true
    }
    kid = members["kid"]
  }

  init(kid: String, isJSON: Bool) {
    self.kid = kid
    self.isJSON = isJSON
  }
}

/// A JSON object whose members are strings without escapes: all that a header of ours can be.
private struct FlatObject {
  private(set) var members: [String: String] = [:]
  private let bytes: [UInt8]
  private var index = 0

  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        guard let name = string(), take(":"), let value = string() else { return nil }
        guard members.updateValue(value, forKey: name) == nil else { return nil }
      } while take(",")
      guard take("}") else { return nil }
    }
    skipSpace()
    guard index == bytes.count else { return nil }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func string() -> String? {
    guard take("\"") else { return nil }
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      guard bytes[index] >= 0x20, bytes[index] != UInt8(ascii: "\\") else { return nil }
      index += 1
    }
    guard index < bytes.count else { return nil }
    index += 1
    return String(validating: bytes[start..<index - 1], as: UTF8.self)
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }
}
