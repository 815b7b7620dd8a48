import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

struct FieldTokenizerTests {
  private static let root = Array(UInt8(0)..<32)

  private static func key(_ root: [UInt8] = root) throws -> TokenKey {
    try TokenKey(root: unsafe SecretBytes(copying: root.span.bytes))
  }

  private static func token(
    _ json: String, _ tokenizer: inout FieldTokenizer
  ) throws(SealError) -> String {
    var out: [UInt8] = []
    let bytes = Array(json.utf8)
    try unsafe tokenizer.tokenize(json: bytes.span.bytes, appendingTo: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func token(_ json: String, root: [UInt8] = root) throws -> String {
    var tokenizer = try FieldTokenizer(key: Self.key(root), maximumStringLength: 45)
    return try Self.token(json, &tokenizer)
  }

  @Test func `a token has its version, its key's name and 24 bytes, in quotes`() throws {
    let token = try token(#""ada@example.org""#)
    #expect(token.wholeMatch(of: /"tk1_[0-9a-f]{8}_[A-Za-z0-9_-]{32}"/) != nil)
    #expect(token.content.utf8.count == FieldTokenizer.tokenLength)
    #expect(token.hasPrefix("\"tk1_\(try Self.key().id)_"))
  }

  /// Every value of this table has a token of its own; all spellings in one row have the same.
  @Test func `what is one value has one token, whatever its spelling, and nothing else has`() throws
  {
    let rows = [
      [#""ada@example.org""#, #""\u0061da@example.org""#, #""ada\u0040example.org""#],
      [#""Ada@example.org""#], [#""ada@example.org ""#], [#"" ada@example.org""#],
      [#""José""#, #""Jose\u0301""#, #""Jos\u00e9""#, "\"Jose\u{301}\""], [#""Jose""#],
      ["\"\u{212B}\"", "\"\u{C5}\"", "\"A\u{30A}\""],
      ["\"\u{AC01}\"", "\"\u{1100}\u{1161}\u{11A8}\""],
      // An id that one source sends as a number and another as a string is one id.
      ["12345", #""12345""#, #""1234\u0035""#], ["12345.0"], ["true", #""true""#], [#""""#],
      [#""a/b""#, #""a\/b""#], [#""\n""#, #""\u000a""#], [#"{"a":1}"#], [#"{"a": 1}"#], ["[]"],
      [#""🩺""#, #""\ud83e\ude7a""#], [#""\ud800""#], [#""\udc00""#], [#""ﬁ""#], [#""fi""#],
    ]
    var seen: [String: Int] = [:]
    var tokenizer = try FieldTokenizer(key: Self.key(), maximumStringLength: 45)
    for (row, spellings) in rows.enumerated() {
      for spelling in spellings {
        let token = try Self.token(spelling, &tokenizer)
        #expect(seen[token] ?? row == row, "\(spelling)")
        seen[token] = row
      }
    }
    #expect(seen.count == rows.count)
  }

  @Test func `another key gives another token and another name`() throws {
    let other = [UInt8](repeating: 7, count: 32)
    #expect(try token("1") == token("1"))
    #expect(try token("1") != token("1", root: other))
    #expect(try Self.key().id != Self.key(other).id)
  }

  @Test func `a destination that would cut a token gets none, and nothing is appended`() throws {
    var tokenizer = try FieldTokenizer(key: Self.key(), maximumStringLength: 44)
    var out = Array("before".utf8)
    let bytes = Array("1".utf8)
    #expect(throws: SealError.stringTooLong(length: 45, maximum: 44)) {
      try unsafe tokenizer.tokenize(json: bytes.span.bytes, appendingTo: &out)
    }
    #expect(out == Array("before".utf8))
  }

  /// HKDF (RFC 5869) and HMAC by hand, on Python's own.
  @Test(.enabled(if: Judge.hasPython, "python3 is absent"))
  func `Python computes the same tokens`() throws {
    let values = ["ada@example.org", "Zoë 李 🩺", "", "12345"]
    let answer = try Judge.python(
      """
      import base64, hashlib, hmac, sys, unicodedata
      def derive(root, info, count):
          prk = hmac.new(b"\\0" * 32, root, hashlib.sha256).digest()
          return hmac.new(prk, info + b"\\1", hashlib.sha256).digest()[:count]
      root = bytes(range(32))
      key = derive(root, b"sealpost field token key 1", 32)
      kid = derive(root, b"sealpost field token kid 1", 4).hex()
      for value in sys.stdin.buffer.read().decode().split("\\n"):
          code = hmac.new(key, unicodedata.normalize("NFC", value).encode(), hashlib.sha256).digest()
          print("tk1_" + kid + "_" + base64.urlsafe_b64encode(code[:24]).decode())
      """, [], input: Array(values.joined(separator: "\n").utf8))
    let theirs = String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    #expect(try values.map { try token("\"\($0)\"").content } == theirs)
  }
}
