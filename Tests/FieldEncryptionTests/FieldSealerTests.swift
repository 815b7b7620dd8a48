import Cryptography
import FieldEncryption
import Testing
import Workbench

struct FieldSealerTests {
  static let strings = [
    #""""#, #""a""#, #""ada@example.org""#, #""a\"b\\c\/d\b\f\n\r\t""#, #""Zoë 李 🩺""#,
    #""\u0065\u00e9\ud83e\ude7a""#, #""null""#, #""{\"a\":1}""#,
  ]
  /// What JSON string comes back for each: the same text, escaped as little as may be.
  static let plain = [
    #""""#, #""a""#, #""ada@example.org""#, #""a\"b\\c/d\b\f\n\r\t""#, #""Zoë 李 🩺""#,
    #""eé🩺""#, #""null""#, #""{\"a\":1}""#,
  ]
  static let others = [
    "0", "-1.50e+3", "120.50", "true", "false", "[]", "{}", #"{"a": [1, "x\u0041"] }"#,
    #"["\ud800"]"#,
  ]

  @Test(arguments: [2048, 3072, 4096], EncryptionFormat.allCases)
  func `every string comes back as its text`(bits: Int, format: EncryptionFormat) throws {
    for (string, plain) in zip(Self.strings, Self.plain) {
      let text = try sealed(string, key: TestKeys.key(bits), format: format)
      #expect(try opened(text.content, keys: [TestKeys.key(bits)]).json == plain)
    }
  }

  @Test(arguments: [2048, 3072, 4096], EncryptionFormat.allCases)
  func `another value comes back exactly from a JWE and as its text from the raw form`(
    bits: Int, format: EncryptionFormat
  ) throws {
    for json in Self.others {
      let text = try sealed(json, key: TestKeys.key(bits), format: format)
      let escaped = json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      let expected = format == .jwe ? json : "\"\(escaped)\""
      #expect(try opened(text.content, keys: [TestKeys.key(bits)]).json == expected)
    }
  }

  @Test(arguments: [(2048, 190, 344), (3072, 318, 512), (4096, 446, 684)])
  func `the raw form takes the longest value and no longer one`(
    bits: Int, longest: Int, characters: Int
  ) throws {
    let key = TestKeys.key(bits)
    for format in [EncryptionFormat.auto, .oaep] {
      let fits = "\"" + String(repeating: "x", count: longest) + "\""
      let text = try sealed(fits, key: key, format: format).content
      #expect(text.utf8.count == characters)
      #expect(!text.contains("."))
      #expect(try opened(text, keys: [key]).json == fits)
    }
    let long = "\"" + String(repeating: "x", count: longest + 1) + "\""
    let text = try sealed(long, key: key, format: .auto).content
    #expect(text.hasPrefix("eyJ"))
    #expect(try opened(text, keys: [key]).json == long)
    let error = #expect(throws: SealError.self) {
      try sealed(long, key: key, format: .oaep)
    }
    #expect(error == .valueTooLong(maximum: longest))
    #expect(error?.code == "encryption_value_too_long")
    #expect(
      error?.description
        == "value not encrypted: it is longer than the \(longest) bytes that format `oaep` takes "
        + "with this key. Use format `auto` or `jwe`, or a longer key.")
  }

  @Test func `the length that counts is that of the text, not of its escapes`() throws {
    let escapes = "\"" + String(repeating: #"\u00e9"#, count: 95) + "\""
    #expect(try sealed(escapes, format: .oaep).content.utf8.count == 344)
    let one = "\"" + String(repeating: #"\u00e9"#, count: 95) + "x\""
    #expect(throws: SealError.valueTooLong(maximum: 190)) { try sealed(one, format: .oaep) }
  }

  @Test func `the header is exactly ours`() throws {
    let kid = TestKeys.rsa2048.publicKey.thumbprint
    let text = try sealed(#""a""#, format: .jwe).content.parts
    #expect(text.count == 5)
    #expect(
      try String(decoding: text[0].fromBase64URL(), as: UTF8.self)
        == #"{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"\#(kid)"}"#)
    let number = try sealed("1", format: .jwe).content.parts
    #expect(
      try String(decoding: number[0].fromBase64URL(), as: UTF8.self)
        == #"{"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"\#(kid)","cty":"json"}"#)
    #expect(try text[1].fromBase64URL().count == 256)
    #expect(try text[2].fromBase64URL().count == 12)
    #expect(try text[3].fromBase64URL().count == 1)
    #expect(try text[4].fromBase64URL().count == 16)
  }

  @Test func `one content key serves an event, with an IV of its own for each value`() throws {
    var sealer = try FieldSealer(
      key: TestKeys.rsa2048.publicKey, format: .jwe, maximumStringLength: .max)
    var keys: Set<String> = []
    for _ in 0..<5 {
      sealer.beginEvent()
      var ivs: Set<String> = []
      var keysOfEvent: Set<String> = []
      for value in 0..<300 {
        let parts = try sealed("\(value)", &sealer).content.parts
        keysOfEvent.insert(parts[1])
        ivs.insert(parts[2])
      }
      #expect(keysOfEvent.count == 1)
      #expect(ivs.count == 300)
      keys.formUnion(keysOfEvent)
    }
    #expect(keys.count == 5)
  }

  @Test func `the same value never looks the same`() throws {
    for format in EncryptionFormat.allCases {
      let texts = try (0..<10).map { _ in try sealed(#""a""#, format: format) }
      #expect(Set(texts).count == 10)
    }
  }

  @Test func `a result that the destination would not take is an error`() throws {
    #expect(throws: Never.self) { try sealed(#""a""#, format: .oaep, maximumStringLength: 344) }
    let error = #expect(throws: SealError.self) {
      try sealed(#""a""#, format: .oaep, maximumStringLength: 343)
    }
    #expect(error == .stringTooLong(length: 344, maximum: 343))
    #expect(error?.code == "encryption_string_too_long")
    #expect(
      error?.description
        == "value not encrypted: the result would have 344 characters and the destination takes "
        + "343. Raise the destination's limit or do not select this field.")
    let length = try sealed(#""abcd""#, format: .jwe).content.utf8.count
    #expect(throws: Never.self) {
      try sealed(#""abcd""#, format: .jwe, maximumStringLength: length)
    }
    #expect(throws: SealError.stringTooLong(length: length, maximum: length - 1)) {
      try sealed(#""abcd""#, format: .jwe, maximumStringLength: length - 1)
    }
  }

  @Test(arguments: [#""\ud800""#, #""a\udc00b""#, #""\ud83ex""#, #""\ude7a\ud83e""#])
  func `a lone surrogate comes back exactly, or is refused`(json: String) throws {
    for format in [EncryptionFormat.auto, .jwe] {
      let text = try sealed(json, format: format).content
      #expect(try opened(text, keys: [TestKeys.rsa2048]).json == json)
    }
    let error = #expect(throws: SealError.self) { try sealed(json, format: .oaep) }
    #expect(error == .valueNotText)
    #expect(error?.code == "encryption_value_not_text")
    #expect(
      error?.description
        == "value not encrypted: it holds a lone surrogate, which format `oaep` cannot carry. "
        + "Use format `auto` or `jwe`.")
  }

  @Test func `an error appends nothing and the sealer goes on`() throws {
    var sealer = try FieldSealer(
      key: TestKeys.rsa2048.publicKey, format: .oaep, maximumStringLength: 344)
    var out: [UInt8] = [1, 2, 3]
    let long = Array(("\"\\n" + String(repeating: "x", count: 200) + "\"").utf8)
    #expect(throws: SealError.valueTooLong(maximum: 190)) {
      try unsafe sealer.seal(json: long.span.bytes, appendingTo: &out)
    }
    #expect(out == [1, 2, 3])
    let text = try sealed(#""a\n""#, &sealer)
    #expect(try opened(text.content, keys: [TestKeys.rsa2048]).json == #""a\n""#)
  }

  @Test func `a megabyte goes there and back`() throws {
    let long = "\"" + String(repeating: "0123456789abcdef", count: 65_536) + "\""
    let text = try sealed(long).content
    #expect(try opened(text, keys: [TestKeys.rsa2048]).json == long)
  }

  @Test func `random strings come back as the text they stand for`() throws {
    var random = SeededGenerator(seed: 20)
    let sealers = try EncryptionFormat.allCases.filter { $0 != .oaep }.map {
      try SealerBox(
        FieldSealer(
          key: TestKeys.rsa2048.publicKey, format: $0, maximumStringLength: .max))
    }
    for _ in 0..<400 {
      let (json, text) = random.jsonString()
      for index in sealers.indices {
        let string = try sealed(json, &sealers[index].sealer)
        let result = try opened(string.content, keys: [TestKeys.rsa2048])
        let back = try #require(result.json)
        #expect(unescaped(back) == text)
      }
    }
  }
}

private final class SealerBox {
  var sealer: FieldSealer

  init(_ sealer: consuming FieldSealer) { self.sealer = sealer }
}
