internal import Cryptography

/// Which of our two forms a text has; nothing is decrypted to find out.
enum SealedForm: Equatable {
  /// Standard base64 of exactly one RSA ciphertext.
  case raw(ciphertext: [UInt8])
  /// Begins with `eyJ` and has five parts, whatever they hold.
  case jwe(parts: [Range<Int>])

  /// Begins with a header of ours, and is cut or has been added to.
  case damaged

  init?(_ text: RawSpan) {
    if let ciphertext = Self.ciphertext(in: text) {
      self = .raw(ciphertext: ciphertext)
      return
    }
    guard text.startsLikeJWE else { return nil }
    let parts = Self.parts(of: text)
    if parts.count == 5 {
      self = .jwe(parts: parts)
    } else if Self.isHeader(text.extracting(parts[0])) {
      self = .damaged
    } else {
      return nil
    }
  }

  /// Whether the content of a JSON string is worth a closer look; cheap.
  static func isPossible(_ content: RawSpan) -> Bool {
    content.byteCount >= 344 || content.startsLikeJWE
  }

  private static func ciphertext(in text: RawSpan) -> [UInt8]? {
    guard [344, 512, 684].contains(text.byteCount) else { return nil }
    var bytes: [UInt8] = []
    guard (try? Base64.decode(text, appendingTo: &bytes)) != nil else { return nil }
    return [256, 384, 512].contains(bytes.count) ? bytes : nil
  }

  /// What stands between the dots; at most six parts.
  private static func parts(of text: RawSpan) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while parts.count < 5, let dot = text.offset(of: UInt8(ascii: "."), from: start) {
      parts.append(start..<dot)
      start = dot + 1
    }
    return parts + [start..<text.byteCount]
  }

  private static func isHeader(_ text: RawSpan) -> Bool {
    var json: [UInt8] = []
    guard (try? Base64URL.decode(text, appendingTo: &json)) != nil else { return false }
    return JWEHeader(json: json) != nil
  }
}

extension RawSpan {
  /// Whether the text begins with `eyJ`, the base64url of a JSON object's first bytes.
  fileprivate var startsLikeJWE: Bool {
    byteCount >= 3 && byte(0) == UInt8(ascii: "e") && byte(1) == UInt8(ascii: "y")
      && byte(2) == UInt8(ascii: "J")
  }
}
