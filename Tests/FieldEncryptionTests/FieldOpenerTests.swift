import Cryptography
import FieldEncryption
import Testing

struct FieldOpenerTests {
  private static let key = TestKeys.rsa2048

  @Test func `what is not sealed is left alone`() throws {
    let jwt = "eyJhbGciOiJIUzI1NiJ9." + String(repeating: "a", count: 400) + ".bbbb"
    let cases = [
      "", "a", String(repeating: "x", count: 343), String(repeating: "x", count: 345),
      String(repeating: "é", count: 172), jwt, String(repeating: "%", count: 344),
      String(repeating: "A", count: 344), String(repeating: "A", count: 343) + "=",
      String(repeating: "....", count: 100), "eyJ" + String(repeating: ".", count: 500),
      #"\ud800"# + String(repeating: "A", count: 400),
    ]
    for text in cases {
      #expect(try opened(text, keys: [Self.key]) == .notSealed, "\(text.prefix(10))")
    }
  }

  @Test func `the key is found among several`() throws {
    let keys = [TestKeys.rsa4096, TestKeys.other2048, TestKeys.rsa3072, Self.key]
    for key in keys {
      for format in EncryptionFormat.allCases {
        let text = try sealed(#""a""#, key: key, format: format).content
        #expect(try opened(text, keys: keys).json == #""a""#)
      }
    }
  }

  @Test(arguments: EncryptionFormat.allCases)
  func `another key opens nothing`(format: EncryptionFormat) throws {
    let text = try sealed(#""a""#, format: format).content
    #expect(try opened(text, keys: [TestKeys.other2048]) == .failed)
    #expect(try opened(text, keys: [TestKeys.rsa3072]) == .failed)
    #expect(try opened(text, keys: []) == .failed)
  }

  @Test func `a slash that was escaped on the way does not matter`() throws {
    var text = ""
    repeat { text = try sealed(#""a""#, format: .oaep).content } while !text.contains("/")
    let escaped = text.replacing("/", with: "\\/")
    #expect(try opened(escaped, keys: [Self.key]).json == #""a""#)
  }

  @Test(arguments: [2048, 3072, 4096])
  func `every flipped character of the raw form is refused`(bits: Int) throws {
    let text = Array(try sealed(#""a""#, key: TestKeys.key(bits), format: .oaep).content.utf8)
    for index in stride(from: 0, to: text.count, by: 17) {
      var changed = text
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      let result = try opened(
        String(decoding: changed, as: UTF8.self), keys: [TestKeys.key(bits)])
      #expect(result.json == nil)
    }
  }

  @Test(arguments: 0..<5)
  func `a flipped bit in any part of a JWE is refused`(part: Int) throws {
    let parts = try sealed(#""a longer text""#, format: .jwe).content.parts
    var bytes = try parts[part].fromBase64URL()
    for index in bytes.indices {
      for bit in part == 1 ? [0] : [0, 3, 7] {
        bytes[index] ^= 1 << UInt8(bit)
        var changed = parts
        changed[part] = unsafe Base64URL.encode(bytes.span.bytes)
        let result = try opened(changed.joined(separator: "."), keys: [Self.key])
        #expect(result.json == nil)
        bytes[index] ^= 1 << UInt8(bit)
      }
    }
  }

  @Test func `a header that is not ours is refused even when its JWE is authentic`() throws {
    let kid = Self.key.publicKey.thumbprint
    let stranger = TestKeys.other2048.publicKey.thumbprint
    let ours = #""alg":"RSA-OAEP-256","enc":"A256GCM""#
    let accepted = [
      #"{\#(ours)}"#, #"{\#(ours),"kid":"\#(kid)"}"#, #"{"typ" : "JWE" , \#(ours) } "#,
      #"{"kid":"\#(kid)","enc":"A256GCM","alg":"RSA-OAEP-256"}"#,
    ]
    for header in accepted {
      let jwe = try Forge.jwe(header: header, plaintext: "x", key: Self.key)
      #expect(try opened(jwe, keys: [TestKeys.other2048, Self.key]).json == #""x""#, "\(header)")
    }
    let refused = [
      #"{\#(ours),"kid":"\#(stranger)"}"#, #"{\#(ours),"kid":""}"#, #"{\#(ours),"zip":"DEF"}"#,
      #"{\#(ours),"crit":["exp"],"exp":1}"#, #"{\#(ours),"crit":"exp"}"#,
      #"{\#(ours),"cty":"text/plain"}"#, #"{\#(ours),"cty":1}"#,
      #"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, #"{"alg":"RSA1_5","enc":"A256GCM"}"#,
      #"{"alg":"dir","enc":"A256GCM"}"#, #"{"alg":"RSA-OAEP-256","enc":"A128GCM"}"#,
      #"{"alg":"RSA-OAEP-256"}"#, #"{"enc":"A256GCM"}"#, #"{}"#, #"{"#,
      #"{"alg":"RSA-OAEP-256",\#(ours)}"#, #"{\#(ours)}{}"#, #"{\#(ours),}"#, #"[\#(ours)]"#,
      #"{"\u0061lg":"RSA-OAEP-256","enc":"A256GCM"}"#,
    ]
    for header in refused {
      let jwe = try Forge.jwe(header: header, plaintext: "x", key: Self.key)
      #expect(
        try opened(jwe, keys: [TestKeys.other2048, Self.key]).json == nil, "\(header)")
    }
  }

  @Test func `parts that are missing, extra, short, padded or not canonical are refused`() throws {
    let parts = try sealed(#""abcd""#, format: .jwe).content.parts
    var cases: [[String]] = [parts + ["AAAA"], parts + [""], Array(parts.dropFirst())]
    for index in parts.indices {
      var missing = parts
      missing.remove(at: index)
      var empty = parts
      empty[index] = ""
      var padded = parts
      padded[index] += "="
      var odd = parts
      odd[index] += "A"
      var foreign = parts
      foreign[index] = "+/" + foreign[index].dropFirst(2)
      cases += [missing, empty, padded, odd, foreign]
    }
    var shortTag = parts
    shortTag[4] = unsafe Base64URL.encode(
      Array(try parts[4].fromBase64URL().prefix(12)).span.bytes)
    var unusedBits = parts
    unusedBits[4] = parts[4].dropLast() + "B"
    cases += [shortTag, unusedBits]
    for changed in cases {
      let text = changed.joined(separator: ".")
      #expect(try opened(text, keys: [Self.key]).json == nil, "\(changed.count) parts")
    }
    for cut in [parts[0], parts[0] + ".", parts[..<2].joined(separator: ".")] {
      #expect(try opened(cut, keys: [Self.key]) == .failed)
      #expect(try opened(String(cut.dropLast(3)), keys: [Self.key]).json == nil)
    }
    #expect(try opened(parts.joined(separator: "."), keys: [Self.key]).json == #""abcd""#)
  }

  @Test func `a wrapped key of another length is refused`() throws {
    for length in [0, 16, 31, 33] {
      let jwe = try Forge.jwe(
        header: #"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#, plaintext: "x", key: Self.key,
        wrappedLength: length)
      #expect(try opened(jwe, keys: [Self.key]) == .failed)
    }
  }

  @Test func `what opens to no JSON or no text is refused`() throws {
    let header = #"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"json"}"#
    for hostile in ["", "{", "1 2", "\"a", "\"a\nb\"", "nul", "1}\n{\"injected\":1"] {
      let jwe = try Forge.jwe(header: header, plaintext: hostile, key: Self.key)
      #expect(try opened(jwe, keys: [Self.key]) == .failed)
    }
    let lines = try Forge.jwe(header: header, plaintext: "{\r\n\"a\":\n1}", key: Self.key)
    #expect(try opened(lines, keys: [Self.key]).json == "{  \"a\": 1}")
    var encryptor = try OAEPEncryptor(Self.key.publicKey)
    var ciphertext: [UInt8] = []
    let notText: [UInt8] = [0x61, 0xFF]
    try unsafe encryptor.encrypt(notText.span.bytes, appendingTo: &ciphertext)
    #expect(try opened(unsafe Base64.encode(ciphertext.span.bytes), keys: [Self.key]) == .failed)
  }

  @Test func `a failed value does not disturb the next`() throws {
    var opener = try FieldOpener(keys: [Self.key])
    let good = Array(try sealed(#""a""#, format: .jwe).content.utf8)
    let bad = Array(try sealed(#""a""#, key: TestKeys.other2048, format: .jwe).content.utf8)
    for _ in 0..<3 {
      #expect(unsafe opener.openIfSealed(bad.span.bytes) == .failed)
      #expect(unsafe opener.openIfSealed(good.span.bytes).json == #""a""#)
    }
  }
}

/// Makes JWEs that the sealer never would.
enum Forge {
  static func jwe(
    header: String, plaintext: String, key: RSAPrivateKey, wrappedLength: Int = 32
  ) throws -> String {
    var contentKey = SecretBytes(count: 32)
    var random = RandomPool()
    random.fill(&contentKey)
    var encryptor = try OAEPEncryptor(key.publicKey)
    var wrapped: [UInt8] = []
    try contentKey.withBytes { (bytes) throws(CryptographyError) in
      if wrappedLength <= 32 {
        try encryptor.encrypt(bytes.extracting(first: wrappedLength), appendingTo: &wrapped)
      } else {
        let long = [UInt8](repeating: 7, count: wrappedLength)
        try unsafe encryptor.encrypt(long.span.bytes, appendingTo: &wrapped)
      }
    }
    var cipher = try AES256GCM()
    try cipher.setKey(contentKey)
    let iv = SecureRandom.bytes(12)
    let protected = Array(header.base64URL.utf8)
    var sealed: [UInt8] = []
    let text = Array(plaintext.utf8)
    try unsafe cipher.seal(
      text.span.bytes, iv: iv.span.bytes, authenticating: protected.span.bytes,
      appendingTo: &sealed)
    let parts = unsafe [
      Base64URL.encode(wrapped.span.bytes), Base64URL.encode(iv.span.bytes),
      Base64URL.encode(Array(sealed.dropLast(16)).span.bytes),
      Base64URL.encode(Array(sealed.suffix(16)).span.bytes),
    ]
    return ([String(decoding: protected, as: UTF8.self)] + parts).joined(separator: ".")
  }
}
