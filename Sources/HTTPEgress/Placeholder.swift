internal import Cryptography
internal import HTTPWire

/// A mark in a request for which the host puts a secret, so that the adapter need not hold it.
///
/// | mark | becomes | where |
/// |---|---|---|
/// | `{{secret:NAME}}` | the secret | a header's value; a URL behind its host, percent-encoded |
/// | `{{hmac-sha256:NAME:hex:TEXT}}` | HMAC-SHA256 under the secret over TEXT and then the body, in hexadecimal digits | a header's value |
/// | `{{hmac-sha256:NAME:base64:TEXT}}` | the same in base64 | a header's value |
/// | `{{basic:USER:PASSWORD}}` | base64 of two secrets with a colon between, either name may be empty (RFC 7617) | a header's value |
///
/// TEXT may be empty, and ends at the first `}}`. Bodies are sent as they are.
struct Placeholder {
  let secrets: [String: [UInt8]]
  let body: ArraySlice<UInt8>

  static let opening = "{{"
  static let closing = "}}"

  /// Whether the text holds a mark, well-formed or not.
  static func isIn(_ text: String) -> Bool { text.contains(opening) }

  /// A header's value with its marks filled in.
  func header(_ text: String) throws(EgressFailure) -> String {
    try filled(text) { (mark) throws(EgressFailure) in
      let words = mark.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      switch (words.first, words.count) {
      case ("secret", 2): return try self.text(String(words[1]))
      case ("basic", 3): return try credentials(String(words[1]), String(words[2]))
      case ("hmac-sha256", 4):
        return try signature(String(words[1]), String(words[2]), String(words[3]))
      default: throw Placeholder.unknown
      }
    }
  }

  /// A URL with its marks filled in; they stand behind the host, which no secret may choose.
  func url(_ text: String) throws(EgressFailure) -> String {
    guard let mark = text.split(separator: Placeholder.opening, maxSplits: 1).first,
      mark.count == text.count || Placeholder.reachesPath(mark)
    else { throw EgressFailure(.invalid, "a placeholder stands before the end of the URL's host") }
    return try filled(text) { (mark) throws(EgressFailure) in
      let words = mark.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2, words[0] == "secret" else { throw Placeholder.unknown }
      return Placeholder.encoded(try secret(String(words[1])))
    }
  }

  private static let unknown = EgressFailure(
    .invalid,
    "a placeholder is none of {{secret:NAME}}, {{basic:NAME:NAME}} and {{hmac-sha256:NAME:hex:TEXT}}"
  )

  private func filled(
    _ text: String, _ value: (Substring) throws(EgressFailure) -> String
  ) throws(EgressFailure) -> String {
    let pieces = text.split(separator: Placeholder.opening, omittingEmptySubsequences: false)
    var out = String(pieces[0])
    for piece in pieces.dropFirst() {
      let halves = piece.split(
        separator: Placeholder.closing, maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2 else { throw Placeholder.unknown }
      out += try value(halves[0]) + halves[1]
    }
    return out
  }

  private static func reachesPath(_ front: Substring) -> Bool {
    let parts = front.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count == 4 && parts[1].isEmpty && !parts[2].isEmpty
  }
}

// MARK: - Values

extension Placeholder {
  private func secret(_ name: String) throws(EgressFailure) -> [UInt8] {
    guard let secret = secrets[name] else {
      throw EgressFailure(
        .refused,
        "it needs a secret that the destination does not have, or that adapter.json does not name under http_secrets."
      )
    }
    return secret
  }

  /// A secret as part of a header; one that would end the line is refused there, without being shown.
  private func text(_ name: String) throws(EgressFailure) -> String {
    String(decoding: try secret(name), as: UTF8.self)
  }

  /// A user's name and password, each a secret or nothing.
  private func credentials(_ user: String, _ password: String) throws(EgressFailure) -> String {
    let user = user.isEmpty ? [] : try secret(user)
    let password = password.isEmpty ? [] : try secret(password)
    let text = user + [UInt8(ascii: ":")] + password
    return unsafe Base64.encode(text.span.bytes)
  }

  private func signature(
    _ name: String, _ form: String, _ text: String
  ) throws(EgressFailure) -> String {
    let digest = try authenticated(try secret(name), Array(text.utf8))
    switch form {
    case "hex":
      return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    case "base64": return unsafe Base64.encode(digest.span.bytes)
    default: throw Placeholder.unknown
    }
  }

  private func authenticated(
    _ key: [UInt8], _ text: [UInt8]
  ) throws(EgressFailure) -> [UInt8] {
    do throws(CryptographyError) {
      var mac = try unsafe HMACSHA256(key: SecretBytes(copying: key.span.bytes))
      return unsafe mac.authenticate(text.span.bytes, followedBy: body.span.bytes)
    } catch { throw EgressFailure(.unavailable, "\(error)") }
  }

  /// All but unreserved characters and slashes (RFC 3986, section 2.1).
  private static func encoded(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let isPlain =
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
        || "-._~/".utf8.contains(byte)
      if isPlain { return String(UnicodeScalar(byte)) }
      return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}
