internal import Cryptography
internal import HTTPWire

/// A mark in a request for which the host puts a secret, so that the adapter need not hold it.
///
/// | mark | becomes | where |
/// |---|---|---|
/// | `{{secret:NAME}}` | the secret | a header's value; a URL behind its host, percent-encoded |
/// | `{{hmac-sha256:NAME:hex:TEXT}}` | HMAC-SHA256 under the secret over TEXT and then the body, in hexadecimal digits | a header's value |
/// | `{{hmac-sha256:NAME:base64:TEXT}}` | the same in base64 | a header's value |
/// | `{{json:NAME}}` | the secret as a JSON string, quotes and all | what stands before the body (``BodyStart``) |
/// | `{{basic:USER:PASSWORD}}` | base64 of two secrets with a colon between, either name may be empty (RFC 7617) | a header's value |
/// | `{{sha256}}` | SHA-256 of the body, in hexadecimal digits | a header's value |
/// | `{{gzip}}` | `gzip`, and the body is compressed before anything is computed of it; where the system has no zlib the field and the compression are left out | Content-Encoding |
/// | `{{aws-sigv4:ACCESS:SECRET:REGION:SERVICE}}` | what AWS wants in Authorization; see ``AWSSignature`` | a header's value, filled in after all others |
///
/// TEXT may be empty, and ends at the first `}}`. Bodies are sent as they are.
struct Placeholder {
  let secrets: [String: [UInt8]]
  let body: ArraySlice<UInt8>

  static let opening = "{{"
  static let closing = "}}"

  /// The whole value of Content-Encoding.
  static let gzip = "{{gzip}}"

  static func asksForGzip(_ fields: [HTTPField]) -> Bool {
    fields.contains { $0.value == gzip && HTTPFields.isSame($0.name, "content-encoding") }
  }

  /// Whether the text holds a mark, well-formed or not.
  static func isIn(_ text: String) -> Bool { text.contains(opening) }

  /// A header's value with its marks filled in.
  func header(_ text: String) throws(EgressFailure) -> String {
    try filled(text) { (mark) throws(EgressFailure) in
      let words = mark.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      switch (words.first, words.count) {
      case ("secret", 2): return try self.text(String(words[1]))
      case ("sha256", 1): return AWSSignature.digest(body)
      case ("basic", 3): return try credentials(String(words[1]), String(words[2]))
      case ("hmac-sha256", 4):
        return try signature(String(words[1]), String(words[2]), String(words[3]))
      default: throw Placeholder.unknown
      }
    }
  }

  /// What stands before a body, with its marks filled in.
  func bodyStart(_ text: String) throws(EgressFailure) -> String {
    try filled(text) { (mark) throws(EgressFailure) in
      let words = mark.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2, words[0] == "json" else { throw Placeholder.unknown }
      return Placeholder.quoted(try self.text(String(words[1])))
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
      return PercentEncoding.path(try secret(String(words[1])))
    }
  }

  /// Whether the value can only be made when all other fields are known.
  static func signsRequest(_ text: String) -> Bool { text.hasPrefix(opening + "aws-sigv4:") }

  /// The value of a field that signs the request with all its other fields.
  func signature(
    _ text: String, _ method: String, _ url: HTTPURL, _ fields: [HTTPField]
  ) throws(EgressFailure) -> String {
    try filled(text) { (mark) throws(EgressFailure) in
      let words = mark.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard words.count == 5, words[0] == "aws-sigv4" else { throw Placeholder.unknown }
      return try AWSSignature(
        accessKey: try secret(words[1]), secretKey: try secret(words[2]), region: words[3],
        service: words[4]
      ).authorization(method, url, fields, body: body)
    }
  }

  private static let unknown = EgressFailure(
    .invalid,
    "a placeholder is none of {{secret:NAME}}, {{basic:NAME:NAME}}, {{hmac-sha256:NAME:hex:TEXT}}, "
      + "{{sha256}}, {{aws-sigv4:NAME:NAME:REGION:SERVICE}}, and before the body {{json:NAME}}")

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
      return Hexadecimal.text(digest)
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

  /// A JSON string (RFC 8259, section 7).
  private static func quoted(_ text: String) -> String {
    let characters = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\0"..."\u{1F}":
        "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + characters.joined() + "\""
  }
}
