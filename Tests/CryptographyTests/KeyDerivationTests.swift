import Cryptography
import Testing

struct KeyDerivationTests {
  private static func secret(_ hex: String) throws -> SecretBytes {
    let bytes = try Vectors.bytes(hex)
    return unsafe SecretBytes(copying: bytes.span.bytes)
  }

  private static func hex(_ secret: borrowing SecretBytes) -> String {
    secret.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe hex(Array($0)) } }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  // MARK: - HMAC

  /// RFC 4231, test cases 1, 2, 3 and 6.
  @Test(arguments: [
    (
      String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      String(repeating: "aa", count: 131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b"
        + "6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `the published codes come out, again and again`(
    key: String, message: String, code: String
  ) throws {
    let secret = try Self.secret(key)
    var hmac = try HMACSHA256(key: secret)
    let bytes = try Vectors.bytes(message)
    for _ in 0..<3 {
      #expect(Self.hex(unsafe hmac.authenticate(bytes.span.bytes)) == code)
      _ = unsafe hmac.authenticate([UInt8]().span.bytes)
    }
  }

  @Test func `an empty key and an empty message have a code too`() throws {
    var hmac = try HMACSHA256(key: SecretBytes(count: 0))
    let nothing: [UInt8] = []
    #expect(
      Self.hex(unsafe hmac.authenticate(nothing.span.bytes))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  // MARK: - HKDF

  /// RFC 5869, appendix A, test cases 1 and 3.
  @Test(arguments: [
    (
      "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    ),
    (
      "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    ),
  ])
  func `the published keys come out`(salt: String, info: String, key: String) throws {
    let salt = try Vectors.bytes(salt)
    let info = try Vectors.bytes(info)
    let input = try Self.secret(String(repeating: "0b", count: 22))
    let derived = try unsafe HKDF.derive(
      from: input, salt: salt.span.bytes, info: info.span.bytes, count: 42)
    #expect(Self.hex(derived) == key)
  }

  @Test(arguments: [0, -1, 255 * 32 + 1])
  func `a length that HKDF cannot give is refused`(count: Int) {
    let nothing: [UInt8] = []
    #expect(throws: CryptographyError.invalidParameter("HKDF length")) {
      let key = SecretBytes(count: 1)
      _ = try unsafe HKDF.derive(
        from: key, salt: nothing.span.bytes, info: nothing.span.bytes, count: count)
    }
    #expect(throws: CryptographyError.invalidParameter("HKDF key")) {
      let key = SecretBytes(count: 0)
      _ = try unsafe HKDF.derive(
        from: key, salt: nothing.span.bytes, info: nothing.span.bytes, count: 32)
    }
  }

  // MARK: - scrypt

  /// RFC 7914, section 12.
  @Test(arguments: [
    (
      "", "", Scrypt.Cost(n: 16, r: 1, p: 1),
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17"
        + "e8d3e0fb2e0d3628cf35e20c38d18906"
    ),
    (
      "70617373776f7264", "4e61436c", Scrypt.Cost(n: 1024, r: 8, p: 16),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830da"
        + "c727afb94a83ee6d8360cbdfa2cc0640"
    ),
  ])
  func `the published scrypt keys come out`(
    passphrase: String, salt: String, cost: Scrypt.Cost, key: String
  ) throws {
    let salt = try Vectors.bytes(salt)
    let input = try Self.secret(passphrase)
    let derived = try unsafe Scrypt.derive(
      from: input, salt: salt.span.bytes, cost: cost, count: 64)
    #expect(Self.hex(derived) == key)
  }

  @Test(arguments: [
    Scrypt.Cost(n: 0, r: 8, p: 1), Scrypt.Cost(n: 1000, r: 8, p: 1),
    Scrypt.Cost(n: 1 << 40, r: 8, p: 1), Scrypt.Cost(n: 1024, r: 0, p: 1),
    Scrypt.Cost(n: .max, r: .max, p: .max),
  ])
  func `a cost that is not allowed or asks for too much is refused`(cost: Scrypt.Cost) {
    let salt: [UInt8] = [1]
    #expect(throws: CryptographyError.invalidParameter("scrypt cost")) {
      let passphrase = SecretBytes(count: 1)
      _ = try unsafe Scrypt.derive(
        from: passphrase, salt: salt.span.bytes, cost: cost, count: 32)
    }
  }
}
