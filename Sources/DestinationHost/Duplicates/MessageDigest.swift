internal import Cryptography
internal import EventJSON

/// What is remembered of a `messageId`: 128 bits that nobody without the workspace's key can make or read.
///
/// Two ids that share them would cost an event: among 10^13 ids that is less likely than 2^-41. With the key a secret,
/// a sender cannot look for such a pair.
struct MessageDigest: Hashable, Sendable {
  let high: UInt64
  let low: UInt64
}

/// Makes digests: the first half of HMAC-SHA256 over the id's text; one per thread.
final class MessageDigester {
  private var code: HMACSHA256

  init(key: borrowing SecretBytes) throws(CryptographyError) { code = try HMACSHA256(key: key) }

  /// - Parameter identifier: where the id's string stands in the event.
  func digest(_ identifier: FieldValue, _ event: RawSpan) -> MessageDigest {
    let content = event.extracting(identifier.content)
    var text: [UInt8] = []
    // One with an escape is the same id as one without.
    if Self.holdsBackslash(content), JSONString.unescape(content, appendingTo: &text) {
      return unsafe digest(of: text.span.bytes)
    }
    return digest(of: content)
  }

  private static func holdsBackslash(_ content: RawSpan) -> Bool {
    unsafe content.withUnsafeBytes { unsafe $0.contains(UInt8(ascii: "\\")) }
  }

  private func digest(of text: RawSpan) -> MessageDigest {
    code.withCode(of: text) { code in
      unsafe MessageDigest(
        high: UInt64(bigEndian: code.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: code.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
