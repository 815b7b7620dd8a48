import Cryptography
import Foundation
import Testing
import Workbench

struct RSAPublicKeyTests {
  /// RFC 7638 section 3.1: the key and its thumbprint.
  static let publishedModulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP"
    + "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
    + "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f"
    + "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"

  static func webKey(n: String = publishedModulus, e: String = "AQAB", rest: String = "") -> [UInt8]
  {
    Array(#"{"kty":"RSA","n":"\#(n)","e":"\#(e)"\#(rest)}"#.utf8)
  }

  @Test func `the published thumbprint comes out of the published JWK`() throws {
    let key = try RSAPublicKey(jwk: Self.webKey(rest: #","alg":"RSA-OAEP-256","kid":"2011-04-29""#))
    #expect(key.bits == 2048)
    #expect(key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    #expect(try RSAPublicKey(pem: Array(key.pem.utf8)).thumbprint == key.thumbprint)
  }

  @Test(arguments: [(2048, 190), (3072, 318), (4096, 446)])
  func `a key of each size is written and read again`(bits: Int, longest: Int) throws {
    let key = TestKeys.key(bits).publicKey
    let again = try RSAPublicKey(pem: Array(key.pem.utf8))
    #expect(again.pem == key.pem)
    #expect(again.thumbprint == key.thumbprint)
    #expect(again.bits == bits)
    #expect(again.maximumPlaintext == longest)
    #expect(again.ciphertextLength == bits / 8)
    #expect(key.pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
  }

  @Test(
    .enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"), arguments: [1024, 2040, 5120])
  func `another size is refused`(bits: Int) throws {
    let pem = try Self.exported(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"])
    let error = #expect(throws: CryptographyError.self) { try RSAPublicKey(pem: pem) }
    #expect(error == .unsupportedKeySize(bits: bits))
    #expect(error?.description == "RSA key refused: it has \(bits) bits. Use 2048, 3072 or 4096.")
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"))
  func `another exponent is refused`() throws {
    let pem = try Self.exported([
      "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3",
    ])
    #expect(throws: CryptographyError.unsupportedExponent) { try RSAPublicKey(pem: pem) }
  }

  @Test(.enabled(if: Judge.hasOpenSSL, "the openssl tool is absent"))
  func `another algorithm is refused`() throws {
    let elliptic = try Self.exported(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    #expect(throws: CryptographyError.notAPublicKey) { try RSAPublicKey(pem: elliptic) }
    let signing = try Self.exported(["-algorithm", "RSA-PSS"])
    #expect(throws: CryptographyError.notAPublicKey) { try RSAPublicKey(pem: signing) }
  }

  @Test func `a private key in the place of a public one is refused`() throws {
    let pem = try TestKeys.rsa2048.pem(passphrase: nil)
    let text = pem.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
    #expect(throws: CryptographyError.privateKeyInsteadOfPublic) { try RSAPublicKey(pem: text) }
    #expect(throws: CryptographyError.privateKeyInsteadOfPublic) {
      try RSAPublicKey(jwk: Self.webKey(rest: #","d":"AQAB""#))
    }
  }

  @Test func `text that is no key, two keys and cut keys are refused`() throws {
    let pem = TestKeys.rsa2048.publicKey.pem
    let cases = [
      "", "hello", pem + pem, String(pem.dropLast(60)), "-----BEGIN PUBLIC KEY-----\n",
      pem.replacingOccurrences(of: "PUBLIC KEY", with: "CERTIFICATE"),
      String(repeating: "-----BEGIN ", count: 7000),
    ]
    for text in cases {
      #expect(throws: CryptographyError.notAPublicKey) { try RSAPublicKey(pem: Array(text.utf8)) }
    }
  }

  @Test func `every cut of a key is refused or is the key`() throws {
    let pem = Array(TestKeys.rsa2048.publicKey.pem.utf8)
    for length in 0..<pem.count {
      guard let key = try? RSAPublicKey(pem: Array(pem[..<length])) else { continue }
      #expect(key.thumbprint == TestKeys.rsa2048.publicKey.thumbprint)
    }
  }

  @Test func `a JWK that is not ours is refused`() throws {
    let modulus = Self.publishedModulus
    let refused: [(String, CryptographyError)] = [
      ("", .notAPublicKey), ("[]", .notAPublicKey), (#"{"kty":"RSA"}"#, .notAPublicKey),
      (#"{"kty":"EC","n":"\#(modulus)","e":"AQAB"}"#, .notAPublicKey),
      (#"{"kty":"RSA","n":"\#(modulus)=","e":"AQAB"}"#, .notAPublicKey),
      (#"{"kty":"RSA","n":"\#(modulus)","e":"Aw"}"#, .unsupportedExponent),
      (#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, .unsupportedKeySize(bits: 17)),
      (#"{"kty":"RSA","n":"\#(modulus)","e":"AQAB","use":"sig"}"#, .keyForAnotherUse),
      (#"{"kty":"RSA","n":"\#(modulus)","e":"AQAB","alg":"RSA-OAEP"}"#, .keyForAnotherUse),
    ]
    for (text, expected) in refused {
      #expect(throws: expected) { try RSAPublicKey(jwk: Array(text.utf8)) }
    }
  }

  @Test func `an even modulus does not make a key`() throws {
    let even = "g" + Self.publishedModulus.dropFirst().dropLast() + "g"
    let error = #expect(throws: CryptographyError.self) {
      try RSAPublicKey(jwk: Self.webKey(n: String(even)))
    }
    #expect(error == .keyCheckFailed)
  }

  private static func exported(_ arguments: [String]) throws -> [UInt8] {
    let key = try Judge.run(["openssl", "genpkey"] + arguments)
    return try Judge.run(["openssl", "pkey", "-pubout"], input: key)
  }
}
